package io.trailwarden.jobs;

import io.trailwarden.event.CloudTrailEvent;
import io.trailwarden.event.Origin;
import io.trailwarden.event.codec.CloudTrailCodec;
import io.trailwarden.event.codec.Decoded;
import io.trailwarden.event.codec.OriginCodec;
import io.trailwarden.event.topic.Topics;
import io.trailwarden.jobs.intake.Delivered;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** CloudTrail records as they would be delivered. */
public final class TestRecords {

    public static final Instant NOON = Instant.parse("2026-03-02T12:00:00Z");

    private TestRecords() {}

    public static byte[] json(String eventId, String eventName, String actor, Instant at) {
        return """
                {"eventVersion":"1.11","userIdentity":{"type":"IAMUser","principalId":"AIDA","arn":"%s",\
                "accountId":"111111111111"},"eventTime":"%s","eventSource":"test.amazonaws.com","eventName":"%s",\
                "awsRegion":"eu-central-1","sourceIPAddress":"198.51.100.7","userAgent":"test","eventID":"%s",\
                "eventType":"AwsApiCall","readOnly":true,"recipientAccountId":"111111111111"}"""
                .formatted(actor, at, eventName, eventId)
                .getBytes(StandardCharsets.UTF_8);
    }

    public static CloudTrailEvent event(String eventId, String eventName, String actor, Instant at) {
        Decoded<CloudTrailEvent> decoded =
                new CloudTrailCodec().decode(json(eventId, eventName, actor, at), origin("object", 0));
        if (decoded instanceof Decoded.Read<CloudTrailEvent> read) {
            return read.value();
        }
        throw new AssertionError(decoded);
    }

    public static Origin origin(String object, long offset) {
        String sha = String.format("%064x", object.hashCode());
        return new Origin("test", object, offset, sha, NOON.plusSeconds(600));
    }

    public static Delivered ping(long kafkaOffset, String eventId, String actor, Instant at) {
        return delivered(kafkaOffset, json(eventId, "Ping", actor, at), origin("object", kafkaOffset));
    }

    public static Delivered delivered(long kafkaOffset, byte @Nullable [] value, Origin origin) {
        return new Delivered(
                Topics.CLOUDTRAIL.name(),
                0,
                kafkaOffset,
                value,
                OriginCodec.objectHeader(origin),
                OriginCodec.offsetHeader(origin.offset()),
                null);
    }
}
