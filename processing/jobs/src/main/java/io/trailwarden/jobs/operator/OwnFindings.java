package io.trailwarden.jobs.operator;

import io.trailwarden.detection.Findings;
import io.trailwarden.event.AuditEvent;
import io.trailwarden.event.Claim;
import io.trailwarden.event.FindingId;
import io.trailwarden.event.Severity;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Findings about the job itself: it detects less than it should, and says so once per cause and day of event time.
 *
 * <p>Cut to one text per cause and day, so that two subtasks with the same trouble publish the same finding.
 */
public final class OwnFindings {

    /** A detector may not remember more keys. */
    public static final String CAPACITY = "detector-capacity";

    /** A detector threw on a record. */
    static final String FAILURE = "detector-failure";

    /** Neither heap nor files hold all ids of a day. */
    static final String MEMORY = "deduplication-capacity";

    /** An event id that two different events bear. */
    static final String REUSED_ID = "event-id-reused";

    private final Findings out;
    private final Set<String> said = new HashSet<>();

    public OwnFindings(Findings out) {
        this.out = out;
    }

    /** No room for another key of this detector. */
    public void capacity(String detector, long keys, String eventId, Instant eventTime) {
        say(
                detection(CAPACITY, List.of("T1499")),
                detector,
                seen(eventId, eventTime),
                OwnWords.capacity(day(eventTime), detector, keys));
    }

    /** This detector could not judge a record; the others did. */
    public void failure(String detector, String eventId, Instant eventTime, RuntimeException problem) {
        say(
                detection(FAILURE, List.of()),
                detector,
                seen(eventId, eventTime),
                OwnWords.failure(day(eventTime), detector, problem));
    }

    /** De-duplication does not remember all ids of a day. */
    public void memory(int day, String why) {
        // Dead letters have no day of their own.
        boolean dated = day != Integer.MIN_VALUE;
        Instant start = Instant.EPOCH.plus(dated ? day : 0, ChronoUnit.DAYS);
        String what = dated ? "records of " + LocalDate.ofEpochDay(day) : "dead letters";
        say(detection(MEMORY, List.of()), what, seen("", start), OwnWords.memory(day(start), what, why));
    }

    /** Two different events of one day bear one id; both are stored and judged. */
    public void reusedId(AuditEvent event) {
        say(
                detection(REUSED_ID, List.of("T1565.001")),
                event.account(),
                seen(event.eventId(), event.eventTime()),
                OwnWords.reusedId(day(event.eventTime()), event));
    }

    private static Claim.Detection detection(String name, List<String> techniques) {
        return new Claim.Detection(name, Severity.HIGH, Findings.AUTHOR, techniques);
    }

    /** One event; empty: none, because it came of no record. */
    private static Claim.Evidence seen(String eventId, Instant at) {
        return Claim.Evidence.of(at, at, eventId.isEmpty() ? List.of() : List.of(eventId));
    }

    private static String day(Instant at) {
        return LocalDate.ofInstant(at, ZoneOffset.UTC).toString();
    }

    private void say(Claim.Detection detection, String subject, Claim.Evidence evidence, Claim.Words words) {
        String id = FindingId.of(detection.name(), subject, day(evidence.first()));
        if (said.add(id)) {
            out.publish(new Claim(id, detection, Claim.Subject.named(subject), evidence, words));
        }
    }
}
