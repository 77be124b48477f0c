package io.trailwarden.storage.catalog;

import io.trailwarden.event.AuditEvent;
import io.trailwarden.event.CloudTrailEvent;
import io.trailwarden.event.Origin;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A further delivery of an event that is stored already, from another place: two trails log the same call. The bytes
 * are not kept twice; where they were is.
 *
 * @param kind which table holds the event
 * @param eventId of the stored event, as in that table's {@code event_id}
 * @param recipientAccountId the other half of a CloudTrail event's identity; null for executions
 * @param origin where this delivery came from
 */
public record Duplicate(
        Kind kind, String eventId, @Nullable String recipientAccountId, Instant eventTime, Origin origin) {

    /** The tables whose events may arrive twice. */
    public enum Kind {
        CLOUDTRAIL,
        EXECUTION
    }

    /** This delivery of an event that is stored already. */
    public static Duplicate of(AuditEvent event) {
        boolean isCall = event instanceof CloudTrailEvent;
        return new Duplicate(
                isCall ? Kind.CLOUDTRAIL : Kind.EXECUTION,
                event.eventId(),
                isCall ? ((CloudTrailEvent) event).recipientAccountId() : null,
                event.eventTime(),
                event.origin());
    }
}
