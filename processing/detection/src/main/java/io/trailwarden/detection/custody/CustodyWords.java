package io.trailwarden.detection.custody;

import io.trailwarden.detection.Findings;
import io.trailwarden.event.Claim;
import io.trailwarden.event.FindingId;
import io.trailwarden.event.Severity;
import io.trailwarden.event.custody.CustodyObservation;
import io.trailwarden.event.custody.CustodyObservation.Detail;
import io.trailwarden.event.custody.CustodyObservation.Kind;
import io.trailwarden.event.custody.CustodyObservation.Place;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/** What an observation means, how bad it is and what to do: the words of a {@link CustodyDetector}. */
final class CustodyWords {

    /** What a finding says when it does not hold any more. */
    static final String WITHDRAWN =
            "Withdrawn: what was missing has come, what was wrong is as it was signed, or another finding says more.";

    /** What a kind means and what to do. */
    private record Meaning(
            Severity severity,
            String title,
            String description,
            String expected,
            List<String> techniques,
            String... steps) {}

    private CustodyWords() {}

    /** What an observation that holds claims. Its id depends on the kind, the place and AWS's times alone. */
    static Claim claim(CustodyObservation seen) {
        Meaning meaning = meaning(seen.what());
        String detection = detection(seen.what());
        Claim.Subject subject = subject(seen.place());
        // Of what AWS gives no time, it is the time at which it was first seen to hold.
        Instant time =
                seen.times().aws() == null ? seen.times().first() : seen.times().aws();
        return new Claim(
                FindingId.of(detection, subject.name(), window(seen)),
                new Claim.Detection(detection, meaning.severity(), Findings.AUTHOR, meaning.techniques()),
                subject,
                new Claim.Evidence(time, time, List.of(), 0),
                new Claim.Words(
                        meaning.title() + where(subject),
                        meaning.description(),
                        facts(meaning, seen),
                        List.of(meaning.steps())));
    }

    /** The key of the detection. */
    private static String detection(Kind kind) {
        return switch (kind) {
            case UNDELIVERED_DIGESTS, UNDELIVERED_OBJECTS -> "custody-undelivered";
            default -> "custody-" + kind.name().toLowerCase(Locale.ROOT).replace('_', '-');
        };
    }

    private static Claim.Subject subject(Place place) {
        String name = place.bucket() == null
                ? place.name()
                : place.name().isEmpty() ? place.bucket() : place.bucket() + '/' + place.name();
        return new Claim.Subject(name, place.account(), place.region(), null);
    }

    private static String window(CustodyObservation seen) {
        return switch (seen.what()) {
            case UNDELIVERED_DIGESTS -> "digests " + seen.window();
            case UNDELIVERED_OBJECTS -> "objects " + seen.window();
            default -> seen.what().recurs() ? seen.window().toString() : "";
        };
    }

    private static String where(Claim.Subject subject) {
        if (subject.account() == null) {
            return "";
        }
        return " (account " + subject.account() + (subject.region() == null ? ")" : ", " + subject.region() + ")");
    }

    private static Map<String, String> facts(Meaning meaning, CustodyObservation seen) {
        Map<String, String> facts = new LinkedHashMap<>();
        facts.put("Expected", meaning.expected());
        long more = seen.count() - seen.details().size();
        facts.put(
                "Seen",
                seen.details().stream().map(CustodyWords::text).collect(Collectors.joining("; "))
                        + (more > 0 ? "; and " + more + " more" : ""));
        if (seen.digest() != null) {
            facts.put("How many", Long.toString(seen.count()));
            facts.put("Shown by digest", seen.digest());
            facts.put("Bucket", String.valueOf(seen.place().bucket()));
        }
        return facts;
    }

    private static String text(Detail detail) {
        return detail.object().isEmpty() ? detail.message() : detail.object() + ": " + detail.message();
    }

    private static Meaning meaning(Kind kind) {
        String verify = "List everything of that time with trailwarden custody verify --bucket.";
        String whoWrote =
                "Look who wrote to or deleted from the bucket at that time: S3 data events, or server access logs.";
        String versions = "If the bucket keeps versions, compare them and restore the one that was signed.";
        return switch (kind) {
            case ALTERED_OBJECT ->
                new Meaning(
                        Severity.CRITICAL,
                        "CloudTrail objects were altered",
                        "CloudTrail signed the hash of every object that it delivered. What lies in the bucket, or what was"
                                + " read from it, has another hash: somebody changed records, left some out or put some in.",
                        "the content that CloudTrail signed",
                        List.of("T1565.001"),
                        whoWrote,
                        versions,
                        "Trust no record of these objects until they are proven.");
            case MISSING_OBJECT ->
                new Meaning(
                        Severity.HIGH,
                        "CloudTrail objects are not there",
                        "A signed digest names objects that are not in the bucket: they never arrived, or somebody removed"
                                + " them. The finding is withdrawn if they turn up.",
                        "every object that the digest names",
                        List.of("T1070", "T1562.008"),
                        whoWrote,
                        versions,
                        "See whether the records are stored here already: trailwarden custody verify says which.");
            case MOVED_OBJECT ->
                new Meaning(
                        Severity.HIGH,
                        "CloudTrail objects were moved",
                        "The content that CloudTrail signed lies under another name than the one it was signed for.",
                        "every object at its place",
                        List.of("T1070"),
                        whoWrote,
                        versions);
            case UNKNOWN_OBJECT ->
                new Meaning(
                        Severity.HIGH,
                        "Objects that CloudTrail did not write lie among its own",
                        "Their names say that they were delivered in a time whose digests are proven and do not name them."
                                + " Records in them are invented, or come from a trail whose validation is off.",
                        "only objects that a digest names",
                        List.of("T1565.001"),
                        "See whether a trail without log file validation writes to the same place; turn validation on.",
                        whoWrote,
                        "Trust no record of these objects.");
            case ALTERED_DIGEST ->
                new Meaning(
                        Severity.CRITICAL,
                        "A CloudTrail digest was altered",
                        "Its signature or its hash does not fit: somebody changed the proof of an hour of records.",
                        "the digest that CloudTrail signed",
                        List.of("T1565.001", "T1562.008"),
                        whoWrote,
                        versions,
                        verify);
            case MISSING_DIGEST ->
                new Meaning(
                        Severity.HIGH,
                        "A CloudTrail digest is not there",
                        "The digest after it refers to it, or it was here and is not any more. Without it nothing proves the"
                                + " objects of its hour. The finding is withdrawn if it turns up.",
                        "an unbroken chain of digests",
                        List.of("T1070", "T1562.008"),
                        whoWrote,
                        versions);
            case MOVED_DIGEST ->
                new Meaning(
                        Severity.HIGH,
                        "A CloudTrail digest lies where another one belongs",
                        "A digest says for which place it was made, and it lies elsewhere: digests were exchanged or"
                                + " reordered.",
                        "every digest at its place",
                        List.of("T1565.001"),
                        whoWrote,
                        versions);
            case GAP ->
                new Meaning(
                        Severity.HIGH,
                        "A trail stopped: no digest covers the time since then",
                        "CloudTrail writes a digest every hour, also when nothing happened. None came, or the chain started"
                                + " anew later: logging or validation was off, the trail is gone, or CloudTrail may not write to"
                                + " the bucket.",
                        "a digest every hour that begins where the one before it ended",
                        List.of("T1562.008"),
                        "Look for StopLogging, DeleteTrail, UpdateTrail and PutBucketPolicy around that time, and who made"
                                + " them.",
                        "aws cloudtrail get-trail-status --name TRAIL says whether it logs and why it cannot deliver.",
                        "If the trail was ended on purpose, take its prefix out of custody-prefixes.");
            case UNVERIFIABLE_DIGEST ->
                new Meaning(
                        Severity.MEDIUM,
                        "A CloudTrail digest cannot be verified",
                        "Its signature is not in its metadata, or it was signed with a key that CloudTrail does not know:"
                                + " it was copied here, or somebody else made it.",
                        "a digest signed with one of CloudTrail's keys",
                        List.of("T1565.001"),
                        whoWrote,
                        verify);
            case UNREAD_OBJECT ->
                new Meaning(
                        Severity.MEDIUM,
                        "CloudTrail objects never came to Trailwarden",
                        "They are in the bucket as they were signed, and no ingester has read them: nobody announced them, or"
                                + " somebody took the announcement out of the queue. Detection knows nothing of their records."
                                + " The finding is withdrawn when they are read.",
                        "every object that the digest names is read",
                        List.of("T1562.008"),
                        "Look at the queue, its policy and its dead-letter queue, and at the bucket's notifications.",
                        "Read them now: backfill-prefixes and backfill-from of the input.");
            case SILENT_TRAIL ->
                new Meaning(
                        Severity.MEDIUM,
                        "A busy trail delivers nothing",
                        "Digests keep coming, and name no objects, where nearly every hour had some: event selectors may have"
                                + " been changed so that nothing is recorded any more.",
                        "objects in nearly every hour, as before",
                        List.of("T1562.008"),
                        "Look for PutEventSelectors and UpdateTrail before that time, and who made them.",
                        "Ask whether the account or Region was given up.");
            case STOPPED_TRAIL ->
                new Meaning(
                        Severity.HIGH,
                        "A trail was stopped",
                        "CloudTrail says that somebody stopped this trail. What happened from then on until it was started"
                                + " again is not recorded.",
                        "a trail that always logs",
                        List.of("T1562.008"),
                        "Look for StopLogging in Event history, and who made it.",
                        "aws cloudtrail start-logging --name TRAIL starts it again.",
                        "See by Event history what was done in between: management events are there for 90 days.");
            case UNDELIVERED_DIGESTS, UNDELIVERED_OBJECTS ->
                new Meaning(
                        Severity.HIGH,
                        "CloudTrail cannot deliver",
                        "CloudTrail says that S3 refuses what it wants to deliver. The finding is withdrawn when it can.",
                        "CloudTrail can write to the bucket",
                        List.of("T1562.008"),
                        "Look for changes of the bucket's policy, its encryption key and its owner, and who made them.",
                        "What CloudTrail could not deliver it tries again for 30 days.");
            case UNWATCHED ->
                new Meaning(
                        Severity.HIGH,
                        "Custody cannot be watched",
                        "Digests or objects cannot be read with the permissions there are, or the bucket is gone. Nothing in"
                                + " there is checked until that is mended.",
                        "digests, objects and keys that can be read",
                        List.of("T1562.008"),
                        "Compare the role's permissions with deploy/iam/ingest.json, and see whether the bucket is there.",
                        "If nobody changed them on purpose, look for PutBucketPolicy, PutRolePolicy and DeleteBucket.");
        };
    }
}
