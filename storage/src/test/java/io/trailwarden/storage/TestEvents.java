package io.trailwarden.storage;

import io.trailwarden.event.Claim;
import io.trailwarden.event.CloudTrailEvent;
import io.trailwarden.event.DeadLetter;
import io.trailwarden.event.ExecutionEvent;
import io.trailwarden.event.Finding;
import io.trailwarden.event.Origin;
import io.trailwarden.event.Receipt;
import io.trailwarden.event.Severity;
import io.trailwarden.event.codec.CloudTrailCodec;
import io.trailwarden.event.codec.Decoded;
import io.trailwarden.event.codec.ExecutionCodec;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Records for tests, made by the real codecs from the text of a record. */
public final class TestEvents {

    public static final Instant INGESTED = Instant.parse("2026-03-02T00:00:00Z");

    private TestEvents() {}

    public static Origin origin(String object, long offset) {
        return origin("file", object, offset);
    }

    public static Origin origin(String source, String object, long offset) {
        return new Origin(source, object, offset, sha(object), INGESTED);
    }

    /** Looks like a hash and differs by object. */
    public static String sha(String object) {
        return String.format(java.util.Locale.ROOT, "%064x", Math.abs((long) object.hashCode()) + 1);
    }

    public static CloudTrailEvent cloudTrail(String id, String time, Origin origin) {
        return cloudTrail(
                ("""
                {"eventVersion":"1.11","userIdentity":{"type":"AssumedRole","principalId":"AROAX:alice",\
                "arn":"arn:aws:sts::111122223333:assumed-role/Admin/alice","accountId":"111122223333",\
                "accessKeyId":"ASIAEXAMPLE","sessionContext":{"sessionIssuer":{"type":"Role",\
                "arn":"arn:aws:iam::111122223333:role/Admin","accountId":"111122223333","userName":"Admin"},\
                "attributes":{"creationDate":"2026-03-01T09:00:00Z","mfaAuthenticated":"false"}}},\
                "eventTime":"TIME","eventSource":"sts.amazonaws.com","eventName":"AssumeRole",\
                "awsRegion":"eu-central-1","sourceIPAddress":"198.51.100.7","userAgent":"aws-cli/2.17",\
                "requestParameters":{"roleArn":"arn:aws:iam::444455556666:role/Deploy","roleSessionName":"x"},\
                "responseElements":{"credentials":{"accessKeyId":"ASIANEW","sessionToken":"secret-token"}},\
                "requestID":"req-NAME","eventID":"NAME","readOnly":true,\
                "resources":[{"accountId":"444455556666","type":"AWS::IAM::Role","ARN":"arn:aws:iam::444455556666:role/Deploy"}],\
                "eventType":"AwsApiCall","managementEvent":true,"recipientAccountId":"111122223333",\
                "eventCategory":"Management"}""")
                        .replace("TIME", time)
                        .replace("NAME", id)
                        .getBytes(StandardCharsets.UTF_8),
                origin);
    }

    public static CloudTrailEvent cloudTrail(byte[] raw, Origin origin) {
        return read(new CloudTrailCodec().decode(raw, origin));
    }

    private static <T> T read(Decoded<T> decoded) {
        if (decoded instanceof Decoded.Read<T> read) {
            return read.value();
        }
        throw new AssertionError(decoded);
    }

    public static ExecutionEvent execution(int id, String time, Origin origin) {
        String line =
                ("""
                {"id":"NUMBER","type":"TaskFailed","details":{"cause":"{\\"errorMessage\\":\\"no\\"}",\
                "error":"Lambda.TooManyRequestsException","resource":"invoke","resourceType":"lambda"},\
                "previous_event_id":"PREVIOUS","event_timestamp":"MILLIS",\
                "execution_arn":"arn:aws:states:eu-central-1:111122223333:execution:Orders:run-1",\
                "redrive_count":"0"}""")
                        .replace("NUMBER", Integer.toString(id))
                        .replace("PREVIOUS", Integer.toString(id - 1))
                        .replace("MILLIS", Long.toString(Instant.parse(time).toEpochMilli()));
        return read(new ExecutionCodec().decode(line.getBytes(StandardCharsets.UTF_8), origin));
    }

    public static DeadLetter deadLetter(Origin origin, byte[] payload) {
        return new DeadLetter(
                DeadLetter.Reason.MALFORMED, "not JSON", "record " + origin.offset(), payload, payload.length, origin);
    }

    public static Receipt receipt(String object, long records) {
        return new Receipt("file", object, sha(object), records, records * 1300, INGESTED);
    }

    public static Finding finding(String id, long revision, Finding.State state) {
        Map<String, String> facts = new LinkedHashMap<>();
        facts.put("expected", "alice in eu-central-1");
        facts.put("seen", "=HYPERLINK(\"http://example.com\")");
        return new Finding(
                new Claim(
                        id,
                        new Claim.Detection("unexpected-principal", Severity.HIGH, "Trailwarden", List.of("T1078")),
                        new Claim.Subject(
                                "subject-" + id, "111122223333", null, "arn:aws:iam::111122223333:role/Admin"),
                        Claim.Evidence.of(
                                Instant.parse("2026-03-01T10:00:00Z"),
                                Instant.parse("2026-03-01T10:05:00Z"),
                                List.of("e1", "e2")),
                        new Claim.Words("Title " + id, "Description", facts, List.of("Ask alice"))),
                revision,
                state,
                Instant.ofEpochMilli(1_772_359_200_000L + revision),
                null);
    }

    public static Finding suppressed(Finding f, String suppression) {
        return new Finding(f.claim(), f.revision(), f.state(), f.detectedAt(), suppression);
    }
}
