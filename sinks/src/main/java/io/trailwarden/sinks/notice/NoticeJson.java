package io.trailwarden.sinks.notice;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.json.JsonWriteFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.trailwarden.event.Finding;
import io.trailwarden.event.Severity;
import io.trailwarden.event.codec.RecordCodec;
import io.trailwarden.event.text.VisibleText;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Iterator;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/**
 * A notice as JSON, in ASCII.
 *
 * <p>One finding has the members of {@link Finding}, and {@code kind} ({@code finding}), {@code link} (to the console,
 * where that is known) and {@code trimmed} (true where evidence was left out to keep the limit; the link and the table
 * {@code findings} have all of it). A digest has {@code kind} ({@code digest}), {@code id}, {@code count}, {@code link},
 * {@code severities}, {@code detections} and {@code findings}, of which each has {@code id}, {@code revision},
 * {@code state}, {@code severity}, {@code detection}, {@code account} and a shortened {@code title}.
 */
public final class NoticeJson {

    private static final JsonMapper JSON =
            JsonMapper.builder().enable(JsonWriteFeature.ESCAPE_NON_ASCII).build();

    /** How much evidence stays, from all to the least. Texts are counted in characters. */
    private enum Evidence {
        ALL(Integer.MAX_VALUE, Integer.MAX_VALUE, Integer.MAX_VALUE),
        SOME(100, 1_000, 20),
        LITTLE(10, 200, 10),
        LEAST(1, 60, 2);

        private final int parts;
        private final int characters;
        private final int events;

        Evidence(int parts, int characters, int events) {
            this.parts = parts;
            this.characters = characters;
            this.events = events;
        }
    }

    private final String consoleUrl;
    private final int limit;

    /**
     * Writes notices.
     *
     * @param consoleUrl where people reach the console; empty: no links
     * @param limit the most bytes of one message, at least 16 KiB, and 256 KiB where there are digests
     */
    public NoticeJson(String consoleUrl, int limit) {
        if (limit < 16 * 1024) {
            throw new IllegalArgumentException("limit: " + limit + " (expected: 16384 or more)");
        }
        this.consoleUrl = consoleUrl.endsWith("/") ? consoleUrl.substring(0, consoleUrl.length() - 1) : consoleUrl;
        this.limit = limit;
    }

    /** The notice as one line of JSON, never longer than the limit. */
    public String of(Notice notice) {
        if (notice instanceof Notice.One one) {
            return finding(one.finding());
        }
        return write(digest((Notice.Digest) notice));
    }

    /** Where the console shows it; empty where no console is known. */
    public String link(Notice notice) {
        if (consoleUrl.isEmpty()) {
            return "";
        }
        return notice instanceof Notice.One one
                ? consoleUrl + "/?finding=" + one.finding().id()
                : consoleUrl + "/";
    }

    private String finding(Finding finding) {
        String text = "";
        for (Evidence evidence : Evidence.values()) {
            ObjectNode json = tree(finding);
            if (evidence != Evidence.ALL) {
                trim(json, evidence);
            }
            json.put("kind", "finding");
            String link = link(new Notice.One(finding));
            if (!link.isEmpty()) {
                json.put("link", link);
            }
            json.put("trimmed", evidence != Evidence.ALL);
            text = write(json);
            if (text.length() <= limit) {
                return text;
            }
        }
        throw new IllegalStateException("the least evidence of " + finding.id() + " has " + text.length() + " bytes");
    }

    private static void trim(ObjectNode json, Evidence evidence) {
        for (Map.Entry<String, JsonNode> member : json.properties()) {
            JsonNode value = member.getValue();
            if (value.isTextual()) {
                member.setValue(json.textNode(shortened(value.textValue(), evidence.characters)));
            } else if (value instanceof ArrayNode array) {
                int most = member.getKey().equals("eventIds") ? evidence.events : evidence.parts;
                ArrayNode kept = json.arrayNode();
                for (int i = 0; i < Math.min(most, array.size()); i++) {
                    kept.add(shortened(array.get(i).asText(), evidence.characters));
                }
                member.setValue(kept);
            } else if (value instanceof ObjectNode facts) {
                ObjectNode kept = json.objectNode();
                Iterator<Map.Entry<String, JsonNode>> each = facts.properties().iterator();
                while (each.hasNext() && kept.size() < evidence.parts) {
                    Map.Entry<String, JsonNode> fact = each.next();
                    kept.put(
                            shortened(fact.getKey(), evidence.characters),
                            shortened(fact.getValue().asText(), evidence.characters));
                }
                member.setValue(kept);
            }
        }
    }

    private ObjectNode digest(Notice.Digest digest) {
        ObjectNode json = JSON.createObjectNode();
        json.put("kind", "digest");
        json.put("id", digest.id());
        json.put("count", digest.findings().size());
        String link = link(digest);
        if (!link.isEmpty()) {
            json.put("link", link);
        }
        Map<Severity, Integer> severities = new TreeMap<>();
        Map<String, Integer> detections = new TreeMap<>();
        ArrayNode findings = JSON.createArrayNode();
        for (Finding finding : digest.findings()) {
            severities.merge(finding.detection().severity(), 1, Integer::sum);
            detections.merge(shortened(finding.detection().name(), 60), 1, Integer::sum);
            ObjectNode one = findings.addObject();
            one.put("id", shortened(finding.id(), 64));
            one.put("revision", finding.revision());
            one.put("state", finding.state().name());
            one.put("severity", finding.detection().severity().name());
            one.put("detection", shortened(finding.detection().name(), 60));
            one.put(
                    "account",
                    finding.subject().account() == null
                            ? null
                            : shortened(finding.subject().account(), 12));
            one.put("title", VisibleText.of(finding.words().title(), 40));
        }
        severities.forEach((severity, count) ->
                json.withObject("severities").put(severity.name().toLowerCase(Locale.ROOT), count));
        detections.forEach((detection, count) -> json.withObject("detections").put(detection, count));
        json.set("findings", findings);
        return json;
    }

    private static ObjectNode tree(Finding finding) {
        try {
            return (ObjectNode) JSON.readTree(RecordCodec.FINDING.encode(finding));
        } catch (IOException e) {
            throw new UncheckedIOException(e); // from memory
        }
    }

    /** Cut between characters, with an ellipsis as the last one. */
    private static String shortened(String text, int characters) {
        if (text.length() <= characters) {
            return text;
        }
        int end = characters - 1;
        return text.substring(0, Character.isHighSurrogate(text.charAt(end - 1)) ? end - 1 : end) + '…';
    }

    private static String write(JsonNode json) {
        try {
            return JSON.writeValueAsString(json);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("every tree can be written", e);
        }
    }
}
