package io.trailwarden.detection.reference;

import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.trailwarden.event.Severity;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * An entry's body: a JSON object whose members are asked for by name, each once. {@link #close()} refuses those that
 * nobody asked for, so that a misspelt member is an error and not a silence.
 */
final class Body {

    private static final ObjectReader JSON = JsonMapper.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build()
            .readerFor(JsonNode.class);

    private final String path;
    private final JsonNode object;
    private final Set<String> asked = new HashSet<>();

    private Body(String path, JsonNode object) {
        this.path = path;
        this.object = object;
    }

    static Body parse(String json) {
        JsonNode node;
        try {
            node = JSON.readValue(json);
        } catch (JsonProcessingException e) {
            JsonLocation at = e.getLocation();
            String place = at == null ? "" : " at line " + at.getLineNr() + ", column " + at.getColumnNr();
            throw new RefusedEntryException("not JSON" + place + ": " + e.getOriginalMessage(), e);
        }
        if (node == null || !node.isObject()) {
            throw new RefusedEntryException(excerpt(json) + " (expected: a JSON object)");
        }
        return new Body("", node);
    }

    /** The same object as JSON without this member. */
    String without(String member) {
        return object.<ObjectNode>deepCopy().without(member).toString();
    }

    @Nullable
    String text(String name) {
        JsonNode value = value(name);
        if (value == null) {
            return null;
        }
        if (!value.isTextual() || value.textValue().isBlank()) {
            throw refused(name, value, "text that is not empty");
        }
        return value.textValue();
    }

    @Nullable
    Boolean bool(String name) {
        JsonNode value = value(name);
        if (value == null) {
            return null;
        }
        if (!value.isBoolean()) {
            throw refused(name, value, "true or false");
        }
        return value.booleanValue();
    }

    @Nullable
    Integer positive(String name) {
        JsonNode value = value(name);
        if (value == null) {
            return null;
        }
        if (!value.isIntegralNumber() || !value.canConvertToInt() || value.intValue() < 1) {
            throw refused(name, value, "a whole number from 1");
        }
        return value.intValue();
    }

    @Nullable
    Instant instant(String name) {
        JsonNode value = value(name);
        if (value == null) {
            return null;
        }
        try {
            return Instant.parse(value.textValue() == null ? "" : value.textValue());
        } catch (DateTimeException e) {
            throw refused(name, value, "ISO 8601 in UTC, for example 2026-03-02T09:00:00Z");
        }
    }

    @Nullable
    Duration duration(String name) {
        JsonNode value = value(name);
        if (value == null) {
            return null;
        }
        try {
            Duration duration = Duration.parse(value.textValue() == null ? "" : value.textValue());
            if (!duration.isNegative()) {
                return duration;
            }
        } catch (DateTimeException e) {
            // refused below, as a negative one is
        }
        throw refused(name, value, "an ISO 8601 duration from zero, for example P7D or PT12H");
    }

    @Nullable
    Severity severity(String name) {
        return oneOf(name, Severity.values());
    }

    /** A member that names one of these constants in lower case. */
    <E extends Enum<E>> @Nullable E oneOf(String name, E[] constants) {
        JsonNode value = value(name);
        if (value == null) {
            return null;
        }
        List<String> names = new ArrayList<>();
        for (E constant : constants) {
            String written = constant.name().toLowerCase(Locale.ROOT);
            if (written.equals(value.textValue())) {
                return constant;
            }
            names.add(written);
        }
        throw refused(name, value, "one of " + String.join(", ", names));
    }

    /** A list of texts, or one text alone; null where the member is absent. */
    <T> @Nullable List<T> list(String name, Function<String, T> each) {
        JsonNode value = value(name);
        if (value == null) {
            return null;
        }
        List<T> found = new ArrayList<>();
        if (value.isTextual()) {
            found.add(each.apply(value.textValue()));
        } else if (value.isArray() && !value.isEmpty()) {
            for (JsonNode element : value) {
                if (!element.isTextual() || element.textValue().isEmpty()) {
                    throw refused(name + "[" + found.size() + "]", element, "text that is not empty");
                }
                found.add(each.apply(element.textValue()));
            }
        } else {
            throw refused(name, value, "text, or a list of texts that is not empty");
        }
        return List.copyOf(found);
    }

    @Nullable
    Body object(String name) {
        JsonNode value = value(name);
        if (value == null) {
            return null;
        }
        if (!value.isObject()) {
            throw refused(name, value, "an object");
        }
        return new Body(path + name + '.', value);
    }

    @Nullable
    List<Body> objects(String name) {
        JsonNode value = value(name);
        if (value == null) {
            return null;
        }
        if (!value.isArray()) {
            throw refused(name, value, "a list of objects");
        }
        List<Body> found = new ArrayList<>();
        for (JsonNode element : value) {
            String at = name + '[' + found.size() + ']';
            if (!element.isObject()) {
                throw refused(at, element, "an object");
            }
            found.add(new Body(path + at + '.', element));
        }
        return found;
    }

    /** The names of all members, all of them then asked for. */
    Set<String> names() {
        Set<String> names = new TreeSet<>();
        object.fieldNames().forEachRemaining(names::add);
        return names;
    }

    /** Members that later versions or inventories may add are fine here. */
    void closeLeniently() {
        names().forEach(asked::add);
    }

    /** Refuses members that nobody asked for. */
    void close() {
        for (String name : names()) {
            if (!asked.contains(name)) {
                throw new RefusedEntryException("unknown member " + path + name + " (expected: one of "
                        + String.join(", ", new TreeSet<>(asked)) + ")");
            }
        }
    }

    RefusedEntryException refused(String name, @Nullable Object value, String expected) {
        return new RefusedEntryException(path + name + ": " + (value == null ? "missing" : excerpt(value.toString()))
                + " (expected: " + expected + ")");
    }

    private @Nullable JsonNode value(String name) {
        asked.add(name);
        JsonNode value = object.get(name);
        return value == null || value.isNull() ? null : value;
    }

    private static String excerpt(String text) {
        return text.length() <= 120 ? text : text.substring(0, 120) + "…";
    }
}
