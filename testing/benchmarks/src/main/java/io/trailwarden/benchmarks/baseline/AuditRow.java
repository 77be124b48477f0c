package io.trailwarden.benchmarks.baseline;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** A record as the baseline knows it: the columns and the text. */
public record AuditRow(
        String eventId,
        long eventTimeMillis,
        String source,
        String name,
        @Nullable String version,
        @Nullable String region,
        @Nullable String address,
        @Nullable String userAgent,
        @Nullable String errorCode,
        @Nullable String errorMessage,
        @Nullable String requestId,
        @Nullable String eventType,
        @Nullable String category,
        boolean readOnly,
        @Nullable String account,
        @Nullable String userType,
        @Nullable String userArn,
        @Nullable String userAccount,
        @Nullable String accessKeyId,
        String principal,
        @Nullable String requestParameters,
        @Nullable String responseElements,
        @Nullable String resources,
        String raw) {

    static AuditRow cloudTrail(JsonNode json, String raw) {
        JsonNode user = json.path("userIdentity");
        String arn = text(user, "arn");
        String issuer = text(user.path("sessionContext").path("sessionIssuer"), "arn");
        String invokedBy = text(user, "invokedBy");
        String principal = issuer != null ? issuer : arn != null ? arn : invokedBy != null ? invokedBy : "unknown";
        return new AuditRow(
                json.path("eventID").asText(),
                Instant.parse(json.path("eventTime").asText()).toEpochMilli(),
                json.path("eventSource").asText(),
                json.path("eventName").asText(),
                text(json, "eventVersion"),
                text(json, "awsRegion"),
                text(json, "sourceIPAddress"),
                text(json, "userAgent"),
                text(json, "errorCode"),
                text(json, "errorMessage"),
                text(json, "requestID"),
                text(json, "eventType"),
                text(json, "eventCategory"),
                json.path("readOnly").asBoolean(),
                text(json, "recipientAccountId"),
                text(user, "type"),
                arn,
                text(user, "accountId"),
                text(user, "accessKeyId"),
                principal,
                member(json, "requestParameters"),
                member(json, "responseElements"),
                member(json, "resources"),
                raw);
    }

    static AuditRow execution(JsonNode json, String raw) {
        String arn = json.path("execution_arn").asText();
        String[] parts = arn.split(":");
        JsonNode details = json.path("details");
        String type = json.path("type").asText();
        return new AuditRow(
                arn
                        + '#'
                        + json.path("redrive_count").asText()
                        + '#'
                        + json.path("id").asText()
                        + '#'
                        + type,
                Long.parseLong(json.path("event_timestamp").asText()),
                "execution",
                type,
                null,
                parts[3],
                null,
                null,
                text(details, "error"),
                text(details, "cause"),
                null,
                null,
                null,
                true,
                parts[4],
                null,
                null,
                null,
                null,
                parts[6],
                null,
                null,
                null,
                raw);
    }

    private static @Nullable String text(JsonNode node, String name) {
        JsonNode value = node.get(name);
        return value == null || value.isNull() ? null : value.asText();
    }

    private static @Nullable String member(JsonNode node, String name) {
        JsonNode value = node.get(name);
        return value == null || value.isNull() ? null : value.toString();
    }
}
