package io.trailwarden.jobs.operator;

import io.trailwarden.detection.Findings;
import io.trailwarden.event.AuditEvent;
import io.trailwarden.event.Bounded;
import io.trailwarden.event.Claim;
import io.trailwarden.event.FindingId;
import io.trailwarden.event.Severity;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
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
                CAPACITY,
                detector,
                eventId,
                eventTime,
                "Detector " + detector + " cannot remember more keys",
                "The detector remembers as many principals, sessions or bursts as it may. Further ones are judged by each"
                        + " event alone, without what was learned: detection is weaker than it should be. Either there are"
                        + " really so many, or somebody invents names to exhaust the detector.",
                Map.of("keys per subtask", Long.toString(keys)),
                List.of("T1499"),
                List.of(
                        "Look for principals or sessions that appear once and never again.",
                        "If they are real, raise max-keys and give the job about 2 KB of heap for each, or choose the state"
                                + " backend rocksdb, which keeps them on disk and is far slower."));
    }

    /** This detector could not judge a record; the others did. */
    public void failure(String detector, String eventId, Instant eventTime, RuntimeException problem) {
        say(
                FAILURE,
                detector,
                eventId,
                eventTime,
                "Detector " + detector + " failed on a record",
                "The detector could not judge at least one record of this day. All other detectors did, and the record is"
                        + " stored. Whether it shows what this detector looks for is unknown.",
                Map.of("problem", problem.getClass().getSimpleName()),
                List.of(),
                List.of(
                        "Look at the record by its event id; the job's log has the stack trace.",
                        "Report the defect with the record."));
    }

    /** De-duplication does not remember all ids of a day. */
    public void memory(int day, String why) {
        // Dead letters have no day of their own.
        boolean dated = day != Integer.MIN_VALUE;
        Instant start = Instant.EPOCH.plus(dated ? day : 0, ChronoUnit.DAYS);
        String what = dated ? "records of " + LocalDate.ofEpochDay(day) : "dead letters";
        say(
                MEMORY,
                what,
                "",
                start,
                "The ids of " + what + " do not all fit",
                "From here on one of these that is delivered twice may be stored twice.",
                Map.of("reason", why),
                List.of(),
                List.of("Run with more subtasks, and see that the disk of Flink's io.tmp.dirs has room."));
    }

    /** Two different events of one day bear one id; both are stored and judged. */
    public void reusedId(AuditEvent event) {
        say(
                REUSED_ID,
                event.account(),
                event.eventId(),
                event.eventTime(),
                "Different events bear one id",
                "At least two records of this day have the same event id and differ in time, source or name. Each is stored"
                        + " and judged. CloudTrail gives every event an id of its own: these were masked or rewritten after"
                        + " AWS wrote them.",
                Map.of("event id", Bounded.text(event.eventId())),
                List.of("T1565.001"),
                List.of(
                        "Find out what masks or rewrites records on their way, and read them from the trail's bucket instead.",
                        "If nothing is meant to do that: verify the bucket with custody verify."));
    }

    private void say(
            String detection,
            String subject,
            String eventId,
            Instant at,
            String title,
            String description,
            Map<String, String> facts,
            List<String> techniques,
            List<String> nextSteps) {
        String day = LocalDate.ofInstant(at, ZoneOffset.UTC).toString();
        String id = FindingId.of(detection, subject, day);
        if (!said.add(id)) {
            return;
        }
        Map<String, String> all = new LinkedHashMap<>();
        all.put("day", day);
        all.putAll(facts);
        out.publish(new Claim(
                id,
                new Claim.Detection(detection, Severity.HIGH, Findings.AUTHOR, techniques),
                Claim.Subject.named(subject),
                new Claim.Evidence(at, at, eventId.isEmpty() ? List.of() : List.of(eventId), eventId.isEmpty() ? 0 : 1),
                new Claim.Words(title, description, all, nextSteps)));
    }
}
