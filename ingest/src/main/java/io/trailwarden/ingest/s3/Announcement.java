package io.trailwarden.ingest.s3;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * What a message of the queue says: CloudTrail's own notification, S3's event notification or EventBridge's, each plain or
 * wrapped by SNS (CloudTrail user guide, "Configuring Amazon SNS notifications"; S3 user guide, "Event message structure").
 *
 * @param objects that were written
 * @param problem why the message says nothing we know; empty if it does
 */
record Announcement(List<Ref> objects, String problem) {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int MAX_WRAPPERS = 3;

    /** CloudTrail sends it once, when notifications are set up. */
    private static final String VALIDATION = "CloudTrail validation message.";

    /** An object. */
    record Ref(String bucket, String key) {}

    static Announcement read(String body) {
        return read(body, 0);
    }

    private static Announcement read(String body, int wrappers) {
        if (body.strip().equals(VALIDATION)) {
            return new Announcement(List.of(), "");
        }
        JsonNode json;
        try {
            json = JSON.readTree(body);
        } catch (JsonProcessingException e) {
            return new Announcement(List.of(), "not JSON");
        }
        if (json.path("Type").asText().equals("Notification")
                && json.path("Message").isTextual()) {
            return wrappers == MAX_WRAPPERS
                    ? new Announcement(List.of(), "SNS notifications within each other")
                    : read(json.path("Message").asText(), wrappers + 1);
        }
        List<Ref> objects = new ArrayList<>();
        if (json.path("s3ObjectKey").isArray() && json.path("s3Bucket").isTextual()) {
            json.path("s3ObjectKey")
                    .forEach(key -> objects.add(new Ref(json.path("s3Bucket").asText(), key.asText())));
            return new Announcement(objects, "");
        }
        if (json.path("Records").isArray()) {
            for (JsonNode record : json.path("Records")) {
                JsonNode s3 = record.path("s3");
                String key = s3.path("object").path("key").asText();
                String bucket = s3.path("bucket").path("name").asText();
                if (key.isEmpty() || bucket.isEmpty()) {
                    return new Announcement(objects, "a record without s3.bucket.name or s3.object.key");
                }
                if (record.path("eventName").asText().startsWith("ObjectCreated:")) {
                    try {
                        objects.add(new Ref(bucket, URLDecoder.decode(key, StandardCharsets.UTF_8)));
                    } catch (IllegalArgumentException e) {
                        return new Announcement(objects, "a key that is not URL-encoded");
                    }
                }
            }
            return new Announcement(objects, "");
        }
        if (json.path("Event").asText().equals("s3:TestEvent")) {
            return new Announcement(objects, "");
        }
        if (json.path("source").asText().equals("aws.s3")) {
            JsonNode detail = json.path("detail");
            if (json.path("detail-type").asText().equals("Object Created")) {
                objects.add(new Ref(
                        detail.path("bucket").path("name").asText(),
                        detail.path("object").path("key").asText()));
            }
            return new Announcement(objects, "");
        }
        return new Announcement(objects, "neither CloudTrail's, S3's nor EventBridge's notification of an object");
    }
}
