package io.trailwarden.jobs.operator;

import io.trailwarden.event.AuditEvent;
import io.trailwarden.event.Bounded;
import io.trailwarden.event.Claim;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What the job says of itself. Nothing in it differs between two subtasks with the same trouble. */
final class OwnWords {

    private OwnWords() {}

    static Claim.Words capacity(String day, String detector, long keys) {
        return new Claim.Words(
                "Detector " + detector + " cannot remember more keys",
                "The detector remembers as many principals, sessions or bursts as it may. Further ones are judged by each"
                        + " event alone, without what was learned: detection is weaker than it should be. Either there are"
                        + " really so many, or somebody invents names to exhaust the detector.",
                facts(day, "keys per subtask", Long.toString(keys)),
                List.of(
                        "Look for principals or sessions that appear once and never again.",
                        "If they are real, raise max-keys and give the job about 2 KB of heap for each, or choose the state"
                                + " backend rocksdb, which keeps them on disk and is far slower."));
    }

    static Claim.Words failure(String day, String detector, RuntimeException problem) {
        return new Claim.Words(
                "Detector " + detector + " failed on a record",
                "The detector could not judge at least one record of this day. All other detectors did, and the record is"
                        + " stored. Whether it shows what this detector looks for is unknown.",
                facts(day, "problem", problem.getClass().getSimpleName()),
                List.of(
                        "Look at the record by its event id; the job's log has the stack trace.",
                        "Report the defect with the record."));
    }

    static Claim.Words reusedId(String day, AuditEvent event) {
        return new Claim.Words(
                "Different events bear one id",
                "At least two records of this day have the same event id and differ in time, source or name. Each is stored"
                        + " and judged. CloudTrail gives every event an id of its own: these were masked or rewritten after"
                        + " AWS wrote them.",
                facts(day, "event id", Bounded.text(event.eventId())),
                List.of(
                        "Find out what masks or rewrites records on their way, and read them from the trail's bucket"
                                + " instead.",
                        "If nothing is meant to do that: verify the bucket with custody verify."));
    }

    static Claim.Words memory(String day, String what, String why) {
        return new Claim.Words(
                "The ids of " + what + " do not all fit",
                "From here on one of these that is delivered twice may be stored twice.",
                facts(day, "reason", why),
                List.of("Run with more subtasks, and see that the disk of Flink's io.tmp.dirs has room."));
    }

    private static Map<String, String> facts(String day, String name, String value) {
        Map<String, String> facts = new LinkedHashMap<>();
        facts.put("day", day);
        facts.put(name, value);
        return facts;
    }
}
