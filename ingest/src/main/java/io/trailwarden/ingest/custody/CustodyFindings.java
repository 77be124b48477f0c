package io.trailwarden.ingest.custody;

import io.trailwarden.event.Claim;
import io.trailwarden.event.FindingId;
import io.trailwarden.event.Severity;
import io.trailwarden.ingest.custody.Problem.Kind;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Problems as findings: one for everything of a kind that one digest shows, so that a bucket that was emptied gives as many
 * as it has hours and not as many as it had objects. Ids depend on the kind, the place and AWS's times alone.
 */
final class CustodyFindings {

    /** The author of every detection that is not a rule of somebody else. */
    private static final String AUTHOR = "Trailwarden";

    private static final int SHOWN = 10;

    /** What a finding says when it does not hold any more. */
    static final String WITHDRAWN =
            "Withdrawn: what was missing has come, what was wrong is as it was signed, or another finding says more.";

    /** A finding that never becomes too old to be judged again. */
    static final Instant ALWAYS = Instant.parse("9999-01-01T00:00:00Z");

    /**
     * What holds now.
     *
     * @param claim without a time of its own where AWS gives none
     * @param evidence the time of what it rests on
     */
    record Draft(Claim claim, Instant evidence) {

        /** What tells a finding that says something else. */
        String content(@Nullable String suppression) {
            return FindingId.of("content", claim.toString(), String.valueOf(suppression));
        }
    }

    /** What a kind means and what to do. */
    private record Meaning(
            Severity severity,
            String title,
            String description,
            String expected,
            List<String> techniques,
            String... steps) {}

    private CustodyFindings() {}

    /** The key of the detection. */
    static String detection(Kind kind) {
        return "custody-" + kind.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** What these problems in one folder come to; {@code evidence} of a problem is its time where it is not given. */
    static List<Draft> of(TrailFolder folder, List<Problem> problems, Map<Problem, Instant> evidence) {
        Map<String, List<Problem>> groups = new TreeMap<>();
        for (Problem problem : problems) {
            groups.computeIfAbsent(
                            problem.what().name() + ' ' + subject(problem) + ' ' + window(problem),
                            unused -> new ArrayList<>())
                    .add(problem);
        }
        List<Draft> drafts = new ArrayList<>();
        for (List<Problem> group : groups.values()) {
            Problem first = group.get(0);
            drafts.add(draft(
                    first.what(),
                    new Claim.Subject(folder.bucket() + '/' + subject(first), folder.account(), folder.region(), null),
                    window(first),
                    first.time(),
                    evidence.getOrDefault(first, first.time()),
                    facts(folder, group)));
        }
        return drafts;
    }

    /** Something that concerns a trail or a bucket as a whole. */
    static Draft of(Kind kind, Claim.Subject subject, String window, Instant time, Instant evidence, String seen) {
        Map<String, String> facts = new LinkedHashMap<>();
        facts.put("Expected", meaning(kind).expected());
        facts.put("Seen", seen);
        return draft(kind, subject, window, time, evidence, facts);
    }

    private static Draft draft(
            Kind kind,
            Claim.Subject subject,
            String window,
            Instant time,
            Instant evidence,
            Map<String, String> facts) {
        Meaning meaning = meaning(kind);
        String detection = detection(kind);
        return new Draft(
                new Claim(
                        FindingId.of(detection, subject.name(), window),
                        new Claim.Detection(detection, meaning.severity(), AUTHOR, meaning.techniques()),
                        subject,
                        new Claim.Evidence(time, time, List.of(), 0),
                        new Claim.Words(
                                meaning.title() + where(subject),
                                meaning.description(),
                                facts,
                                List.of(meaning.steps()))),
                evidence);
    }

    private static String where(Claim.Subject subject) {
        if (subject.account() == null) {
            return "";
        }
        return " (account " + subject.account() + (subject.region() == null ? ")" : ", " + subject.region() + ")");
    }

    /** What the finding is about: the digest that is wrong, the digest that names what is wrong, or the chain. */
    private static String subject(Problem problem) {
        return switch (problem.what()) {
            case ALTERED_DIGEST, MISSING_DIGEST, MOVED_DIGEST, UNVERIFIABLE_DIGEST -> problem.object();
            case GAP, SILENT_TRAIL -> Custody.chain(problem.digest());
            default -> problem.digest();
        };
    }

    /** A digest is one hour and says so; a chain needs to be told which. */
    private static String window(Problem problem) {
        return switch (problem.what()) {
            case GAP, SILENT_TRAIL -> problem.time().toString();
            default -> "";
        };
    }

    private static Map<String, String> facts(TrailFolder folder, List<Problem> group) {
        Problem first = group.get(0);
        Map<String, String> facts = new LinkedHashMap<>();
        facts.put("Expected", meaning(first.what()).expected());
        List<String> seen = new ArrayList<>();
        group.stream()
                .map(problem -> Custody.key(problem.object()) + ": " + problem.message())
                .distinct()
                .sorted()
                .forEach(seen::add);
        facts.put(
                "Seen",
                String.join("; ", seen.subList(0, Math.min(SHOWN, seen.size())))
                        + (seen.size() > SHOWN ? "; and " + (seen.size() - SHOWN) + " more" : ""));
        facts.put("How many", Integer.toString(seen.size()));
        facts.put("Shown by digest", first.digest());
        facts.put("Bucket", folder.bucket());
        return facts;
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
            case UNDELIVERED ->
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
