package io.trailwarden.sigma.match;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Reads the text of chosen fields from an event's bytes, by the same rules that tests of fields follow: paths, arrays,
 * numbers and booleans as text. One instance serves one thread.
 */
public final class FieldReader {

    private final Map<String, FieldSlots.Field> fields = new LinkedHashMap<>();
    private final EventValues values;

    /**
     * @param names of the fields; spaces in them do not count
     */
    public FieldReader(List<String> names) {
        FieldSlots slots = new FieldSlots();
        for (String name : names) {
            fields.put(name, slots.field(name.replace(" ", "")));
        }
        values = slots.newValues();
    }

    /**
     * The texts of every field that has a value; nulls are left out.
     *
     * @throws MalformedEventException when the event is not a JSON object
     */
    public Map<String, List<String>> read(byte[] json) {
        values.read(json);
        Map<String, List<String>> found = new LinkedHashMap<>();
        fields.forEach((name, field) -> {
            List<String> texts = new ArrayList<>();
            for (int v = field.first(values); v >= 0; v = field.next(values, v)) {
                if (values.hasText(v)) {
                    String text = values.string(v);
                    if (!texts.contains(text)) {
                        texts.add(text);
                    }
                }
            }
            if (!texts.isEmpty()) {
                found.put(name, List.copyOf(texts));
            }
        });
        return found;
    }
}
