package io.trailwarden.jobs;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

/**
 * Records as a stranger might write them: real ones, damaged in one to four places. Most damages keep the record JSON, so
 * that it gets past the codecs and meets the detectors. The same seed makes the same records.
 */
final class MutatedEvents {

    /** As long as CloudTrail lets a caller's text become. */
    private static final int LONGEST = 100_000;

    private static final ObjectMapper JSON = new ObjectMapper();

    /** What breaks readers: halves of surrogate pairs, NUL, right-to-left marks, separators of our own, the Turkish i. */
    private static final List<String> ODD = List.of(
            "",
            " ",
            "\u0000",
            "\ud83d",
            "\ude00\ud83d",
            "\u202eevil",
            "e\u0301\u0327",
            "\u0130\u0131",
            "\ufeff",
            "\uffff",
            "a|b#c/d:e\n\"f\"",
            "arn:aws:iam::111122223333:role/",
            "arn:::::",
            "null",
            "-1",
            "1e999",
            "../../etc/passwd",
            "9999-12-31T23:59:59Z",
            "1969-12-31T23:59:59Z",
            "2026-02-30T00:00:00Z");

    private final Random random;
    private final List<String> originals;
    private long made;

    MutatedEvents(long seed, List<String> originals) {
        this.random = new Random(seed);
        this.originals = List.copyOf(originals);
    }

    /** The next record; now and then one that came before. */
    byte[] next() {
        made++;
        String original = originals.get(random.nextInt(originals.size()));
        try {
            ObjectNode record = (ObjectNode) JSON.readTree(original);
            String id = record.has("eventID") ? "eventID" : "id";
            if (random.nextInt(20) > 0) {
                // Else it is a duplicate, or another event under a known id.
                record.put(id, id.equals("id") ? Long.toString(made) : "m-" + made);
            }
            for (int times = 1 + random.nextInt(4); times > 0; times--) {
                damage(record, 0);
            }
            byte[] bytes = JSON.writeValueAsBytes(record);
            return switch (random.nextInt(12)) {
                case 0 -> duplicatedKey(bytes, id);
                case 1 -> cut(bytes);
                case 2 -> flipped(bytes);
                default -> bytes;
            };
        } catch (IOException e) {
            throw new UncheckedIOException("originals are JSON: " + original, e);
        }
    }

    private void damage(ObjectNode object, int depth) {
        List<String> names = new ArrayList<>();
        object.fieldNames().forEachRemaining(names::add);
        if (names.isEmpty()) {
            return;
        }
        String name = names.get(random.nextInt(names.size()));
        JsonNode value = object.get(name);
        if (value instanceof ObjectNode inner && depth < 6 && random.nextInt(4) > 0) {
            damage(inner, depth + 1);
            return;
        }
        switch (random.nextInt(9)) {
            case 0 -> object.remove(name);
            case 1 -> object.putNull(name);
            case 2 -> object.put(name, random.nextLong());
            case 3 -> object.put(name, random.nextBoolean());
            case 4 -> object.put(name, ODD.get(random.nextInt(ODD.size())));
            case 5 -> object.put(name, value.asText() + ODD.get(random.nextInt(ODD.size())));
            case 6 -> object.put(name, longText(value.asText()));
            case 7 -> object.set(name, many(value));
            default -> object.set(name, deep(value));
        }
    }

    /** Longer than a limit of ours, by much or by little; it begins as it did, so that it still looks right. */
    private String longText(String begins) {
        int[] lengths = {255, 256, 1_023, 1_024, 1_025, 2_048, 2_049, 8_192, LONGEST};
        int length = lengths[random.nextInt(random.nextInt(4) == 0 ? lengths.length : lengths.length - 1)];
        String fill = random.nextBoolean() ? "x" : "\ud83d\ude00";
        return begins + fill.repeat(length / fill.length());
    }

    private ArrayNode many(JsonNode value) {
        ArrayNode list = JSON.createArrayNode();
        int size = random.nextInt(10) == 0 ? 5_000 : 1 + random.nextInt(30);
        for (int i = 0; i < size; i++) {
            list.add(value.isTextual() ? list.textNode(value.asText() + i) : value);
        }
        return list;
    }

    private JsonNode deep(JsonNode value) {
        JsonNode nested = value;
        for (int level = random.nextInt(random.nextInt(5) == 0 ? 900 : 20); level >= 0; level--) {
            nested = level % 2 == 0
                    ? JSON.createArrayNode().add(nested)
                    : JSON.createObjectNode().set("arn", nested);
        }
        return nested;
    }

    private static byte[] duplicatedKey(byte[] bytes, String name) {
        String text = new String(bytes, StandardCharsets.UTF_8);
        return ("{\"" + name + "\":\"twice\"," + text.substring(1)).getBytes(StandardCharsets.UTF_8);
    }

    private byte[] cut(byte[] bytes) {
        return Arrays.copyOf(bytes, random.nextInt(bytes.length));
    }

    private byte[] flipped(byte[] bytes) {
        bytes[random.nextInt(bytes.length)] ^= (byte) (1 << random.nextInt(8));
        return bytes;
    }
}
