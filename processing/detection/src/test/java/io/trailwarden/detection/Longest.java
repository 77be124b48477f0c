package io.trailwarden.detection;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.trailwarden.event.AuditEvent;
import io.trailwarden.event.CloudTrailEvent;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Events in which every text that a caller can choose is as long as it likes, read by the real codecs. */
final class Longest {

    private static final ObjectMapper JSON = new ObjectMapper();

    /** What says which kind of record it is, or has one form only. */
    private static final Set<String> FIXED = Set.of(
            "eventTime",
            "eventVersion",
            "eventSource",
            "eventName",
            "eventType",
            "type",
            "errorCode",
            "errorMessage",
            "event_timestamp",
            "id",
            "previous_event_id",
            "resourceType");

    private Longest() {}

    /** The same events, each free text lengthened to this many characters and ending in {@code end}. */
    static List<AuditEvent> of(List<? extends AuditEvent> events, int length, String end) {
        List<AuditEvent> all = new ArrayList<>();
        for (AuditEvent event : events) {
            String json;
            try {
                JsonNode record = JSON.readTree(event.raw());
                lengthen(record, length, end);
                json = JSON.writeValueAsString(record);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
            all.add(event instanceof CloudTrailEvent ? Events.cloudTrail(json) : Events.execution(json));
        }
        return all;
    }

    private static void lengthen(JsonNode node, int length, String end) {
        if (node instanceof ObjectNode object) {
            for (Map.Entry<String, JsonNode> member : object.properties()) {
                JsonNode value = member.getValue();
                if (value.isTextual() && !FIXED.contains(member.getKey()) && !isNumber(value.asText())) {
                    String text = value.asText();
                    String filler = "x".repeat(Math.max(0, length - text.length() - end.length()));
                    object.put(member.getKey(), text + filler + end);
                } else {
                    lengthen(value, length, end);
                }
            }
        } else {
            node.forEach(each -> lengthen(each, length, end));
        }
    }

    private static boolean isNumber(String text) {
        return !text.isEmpty() && text.chars().allMatch(c -> c >= '0' && c <= '9');
    }
}
