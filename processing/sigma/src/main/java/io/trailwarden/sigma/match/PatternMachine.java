package io.trailwarden.sigma.match;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.util.Set;
import software.amazon.event.ruler.Machine;

/** All EventBridge patterns of a rule set in one Event Ruler machine. Shared by threads once it is filled. */
final class PatternMachine {

    private static final ObjectMapper JSON = new ObjectMapper();

    private final Machine machine =
            Machine.builder().withAdditionalNameStateReuse(true).build();

    /** Adds a pattern that was checked; it goes by its own text. */
    void add(String pattern) {
        try {
            machine.addRule(pattern, pattern);
        } catch (IOException e) {
            throw new IllegalStateException("a pattern that passed its check", e);
        }
    }

    /** The patterns that match a CloudTrail record, as EventBridge would hand it on. */
    Set<String> matching(byte[] record, int length) {
        JsonNode detail;
        try {
            detail = JSON.readTree(record, 0, length);
        } catch (IOException e) {
            // What the rules' own reader takes leniently and Jackson does not, EventBridge could not deliver either.
            return Set.of();
        }
        ObjectNode event = JSON.createObjectNode()
                .put("version", "0")
                .put("id", detail.path("eventID").asText())
                .put("detail-type", detailType(detail))
                .put("source", "aws." + detail.path("eventSource").asText().replace(".amazonaws.com", ""))
                .put("account", detail.path("recipientAccountId").asText())
                .put("time", detail.path("eventTime").asText())
                .put("region", detail.path("awsRegion").asText());
        event.putArray("resources");
        event.set("detail", detail);
        return Set.copyOf(machine.rulesForJSONEvent(event));
    }

    /** See the EventBridge user guide, "AWS service events delivered via AWS CloudTrail". */
    private static String detailType(JsonNode detail) {
        return switch (detail.path("eventType").asText()) {
            case "AwsConsoleSignIn" -> "AWS Console Sign In via CloudTrail";
            case "AwsConsoleAction" -> "AWS Console Action via CloudTrail";
            case "AwsServiceEvent" -> "AWS Service Event via CloudTrail";
            case "AwsCloudTrailInsight" -> "AWS Insight via CloudTrail";
            default -> "AWS API Call via CloudTrail";
        };
    }
}
