package io.trailwarden.event;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * One event of an audit log, whichever log it is: what claiming, storing, judging and correlating need to know of it.
 *
 * <p>The hierarchy stays inside an operator; what travels on a stream is one of the two concrete records.
 */
public sealed interface AuditEvent permits CloudTrailEvent, ExecutionEvent {

    /** The log's own id of the event; two different events may bear one id, see {@link #key()}. */
    String eventId();

    /** When it happened, by the log's clock. */
    Instant eventTime();

    /** The account whose activity it is; empty when the record names none. */
    String account();

    /** The Region as the record names it. */
    @Nullable
    String region();

    /** Who acted: see {@link ActorKey}; of an execution's step the state machine. */
    String principal();

    /** The record's bytes as AWS wrote them; never changed. */
    byte[] raw();

    /** Which delivery this is. */
    Origin origin();

    /** The record's key in Kafka: every delivery of one event has the same, so that duplicates meet in one partition. */
    String key();

    /**
     * What tells this event from every other, for ids of findings: its id where that is unique by its form; else with
     * what else tells events apart, because it may have been masked.
     */
    default String identity() {
        return eventId();
    }

    /** The event as evidence: when, and which. */
    default Sighting sighting() {
        return new Sighting(eventTime(), eventId());
    }
}
