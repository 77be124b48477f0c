package io.trailwarden.sigma.match;

import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Gives every field that rules name its places in an event: the key written with its dots, which wins when present, and
 * the path of keys that the dots describe.
 */
final class FieldSlots {

    private final PathNode root = new PathNode();
    private final Map<String, Field> fields = new HashMap<>();
    private @Nullable Field every;
    private int slots;

    /**
     * A field's slots.
     *
     * @param path slot of the nested path, or of the plain key
     * @param literal slot of the key with dots at the top of the event; -1 for a name without dots
     * @param everywhere whether this stands for every scalar of the event, where keywords are looked for
     */
    record Field(int path, int literal, boolean everywhere) {

        /** The first value of the field in this event, or -1. */
        int first(EventValues values) {
            if (everywhere) {
                return values.scalarAfter(-1);
            }
            if (literal >= 0) {
                int v = values.first(literal);
                if (v >= 0) {
                    return v;
                }
            }
            return values.first(path);
        }

        /** The next value of the field, or -1. */
        int next(EventValues values, int value) {
            return everywhere ? values.scalarAfter(value) : values.next(value);
        }
    }

    /** The field of this name; null stands for every scalar of the event. */
    Field field(@Nullable String name) {
        if (name == null) {
            if (every == null) {
                every = new Field(slots++, -1, true);
            }
            return every;
        }
        return fields.computeIfAbsent(name, this::place);
    }

    private Field place(String name) {
        PathNode node = root;
        for (String key : name.split("\\.", -1)) {
            node = node.make(key.getBytes(StandardCharsets.UTF_8));
        }
        int path = take(node);
        int literal = name.indexOf('.') < 0 ? -1 : take(root.make(name.getBytes(StandardCharsets.UTF_8)));
        return new Field(path, literal, false);
    }

    private int take(PathNode node) {
        if (node.slot < 0) {
            node.slot = slots++;
        }
        return node.slot;
    }

    EventValues newValues() {
        return new EventValues(root, slots, every != null);
    }

    int size() {
        return slots;
    }

    /** The field that stands for every scalar, or null when no rule has keywords. */
    @Nullable
    Field everywhere() {
        return every;
    }

    /** Every named field given slots so far. */
    Collection<Field> all() {
        return List.copyOf(fields.values());
    }
}
