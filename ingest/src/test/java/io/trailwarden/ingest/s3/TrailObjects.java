package io.trailwarden.ingest.s3;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.zip.GZIPOutputStream;

/** Objects and notifications as CloudTrail makes them. */
final class TrailObjects {

    private TrailObjects() {}

    static String key(String account, String name) {
        return "AWSLogs/o-exampleorg1/" + account + "/CloudTrail/eu-west-1/2026/03/02/" + account
                + "_CloudTrail_eu-west-1_20260302T0900Z_" + name + ".json.gz";
    }

    static byte[] gzip(List<String> records) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (GZIPOutputStream out = new GZIPOutputStream(bytes)) {
            out.write(("{\"Records\":[" + String.join(",", records) + "]}").getBytes(StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }

    static String record(String id) {
        return "{\"eventVersion\":\"1.10\",\"eventTime\":\"2026-03-02T09:00:00Z\",\"eventSource\":\"iam.amazonaws.com\","
                + "\"eventName\":\"GetUser\",\"eventID\":\"" + id + "\",\"recipientAccountId\":\"111122223333\"}";
    }

    static String cloudTrailNotification(String bucket, String key) {
        return "{\"s3Bucket\":\"" + bucket + "\",\"s3ObjectKey\":[\"" + key + "\"]}";
    }

    static String inSns(String message) {
        return "{\"Type\":\"Notification\",\"MessageId\":\"00000000-0000-4000-8000-00000000000a\",\"Message\":\""
                + message.replace("\\", "\\\\").replace("\"", "\\\"") + "\"}";
    }

    /** @param key as S3 writes it: URL-encoded */
    static String s3Notification(String bucket, String key) {
        return "{\"Records\":[{\"eventVersion\":\"2.1\",\"eventSource\":\"aws:s3\",\"eventName\":\"ObjectCreated:Put\","
                + "\"s3\":{\"bucket\":{\"name\":\"" + bucket + "\"},\"object\":{\"key\":\"" + key + "\"}}}]}";
    }
}
