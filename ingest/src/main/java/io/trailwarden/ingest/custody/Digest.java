package io.trailwarden.ingest.custody;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a digest says (CloudTrail user guide, "CloudTrail digest file structure").
 *
 * @param previous of the digest before it; null if the chain starts here
 */
record Digest(
        String bucket,
        String key,
        String endText,
        Instant start,
        Instant end,
        String fingerprint,
        @Nullable Previous previous,
        List<Named> objects) {

    private static final ObjectMapper JSON = new ObjectMapper();

    /** CloudTrail began in 2013. */
    private static final Instant FIRST = Instant.parse("2013-01-01T00:00:00Z");

    private static final Instant LAST = Instant.parse("3000-01-01T00:00:00Z");

    /** S3 knows no longer keys; nothing else in a digest is longer either. */
    private static final int LONGEST = 1024;

    /** The digest before. */
    record Previous(String key, String hash, String signature) {}

    /** An object that it names. */
    record Named(String bucket, String key, String hash) {}

    /**
     * Reads it.
     *
     * @throws IOException if it is no digest
     */
    static Digest read(byte[] content) throws IOException {
        JsonNode json = JSON.readTree(content);
        if (json == null || !json.path("digestS3Object").isTextual()) {
            throw new IOException("no digestS3Object");
        }
        List<Named> objects = new ArrayList<>();
        for (JsonNode file : json.path("logFiles")) {
            objects.add(new Named(text(file, "s3Bucket"), text(file, "s3Object"), text(file, "hashValue")));
        }
        Previous previous = json.path("previousDigestS3Object").isTextual()
                ? new Previous(
                        text(json, "previousDigestS3Object"),
                        text(json, "previousDigestHashValue"),
                        text(json, "previousDigestSignature"))
                : null;
        try {
            return new Digest(
                    text(json, "digestS3Bucket"),
                    text(json, "digestS3Object"),
                    text(json, "digestEndTime"),
                    time(json, "digestStartTime"),
                    time(json, "digestEndTime"),
                    text(json, "digestPublicKeyFingerprint"),
                    previous,
                    objects);
        } catch (DateTimeException e) {
            throw new IOException("digestStartTime or digestEndTime is no time", e);
        }
    }

    /** What is signed; AWS signs the word null where there is no digest before. */
    String signed(String hash) {
        return endText
                + '\n'
                + bucket
                + '/'
                + key
                + '\n'
                + hash
                + '\n'
                + (previous == null ? "null" : previous.signature());
    }

    /** A digest of any other time is nobody's, and its time would be good only for overflows. */
    private static Instant time(JsonNode json, String name) throws IOException {
        Instant time = Instant.parse(text(json, name));
        if (time.isBefore(FIRST) || !time.isBefore(LAST)) {
            throw new IOException(name + " is " + time + " (expected: a time since " + FIRST + ")");
        }
        return time;
    }

    private static String text(JsonNode json, String name) throws IOException {
        JsonNode value = json.path(name);
        if (!value.isTextual()) {
            throw new IOException("no " + name);
        }
        if (value.textValue().length() > LONGEST) {
            throw new IOException(
                    name + " has " + value.textValue().length() + " characters (expected: at most " + LONGEST + ")");
        }
        return value.textValue();
    }
}
