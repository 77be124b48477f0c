package io.trailwarden.ingest.custody;

import io.trailwarden.event.custody.CustodyObservation;
import io.trailwarden.event.custody.CustodyObservation.Detail;
import io.trailwarden.event.custody.CustodyObservation.Kind;
import io.trailwarden.event.custody.CustodyObservation.Place;
import io.trailwarden.event.custody.CustodyObservation.State;
import io.trailwarden.event.custody.CustodyObservation.Times;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What holds now, whenever it was seen first: everything of a kind that one digest shows, or something about a trail or a
 * bucket as a whole. What it is about depends on the kind, the place and AWS's times alone.
 *
 * @param aws when it was; null if AWS gives no time
 * @param watchedUntil until when it is looked at again; null: without an end
 * @param digest that shows it; null of a trail or a bucket as a whole
 * @param details each once, in order
 */
record Seen(
        Kind what,
        Place place,
        @Nullable Instant aws,
        @Nullable Instant watchedUntil,
        @Nullable String digest,
        List<Detail> details) {

    /** What these problems in one folder come to; {@code evidence} of a problem is its time where it is not given. */
    static List<Seen> of(TrailFolder folder, List<Problem> problems, Map<Problem, Instant> evidence) {
        Map<String, List<Problem>> groups = new TreeMap<>();
        for (Problem problem : problems) {
            String window = problem.what().recurs() ? problem.time().toString() : "";
            groups.computeIfAbsent(
                            problem.what().name() + ' ' + subject(problem) + ' ' + window, unused -> new ArrayList<>())
                    .add(problem);
        }
        List<Seen> all = new ArrayList<>();
        for (List<Problem> group : groups.values()) {
            Problem first = group.get(0);
            all.add(new Seen(
                    first.what(),
                    new Place(folder.bucket(), subject(first), folder.account(), folder.region()),
                    first.time().equals(Instant.EPOCH) ? null : first.time(),
                    evidence.getOrDefault(first, first.time()).plus(CustodyWatch.WATCHED),
                    first.digest(),
                    group.stream()
                            .map(problem -> new Detail(Custody.key(problem.object()), problem.message()))
                            .distinct()
                            .sorted()
                            .toList()));
        }
        return all;
    }

    /** Something about a trail or a bucket as a whole. */
    static Seen whole(Kind what, Place place, @Nullable Instant aws, @Nullable Instant watchedUntil, String message) {
        return new Seen(what, place, aws, watchedUntil, null, List.of(new Detail("", message)));
    }

    /** The digest that is wrong, the digest that names what is wrong, or the chain. */
    private static String subject(Problem problem) {
        return switch (problem.what()) {
            case ALTERED_DIGEST, MISSING_DIGEST, MOVED_DIGEST, UNVERIFIABLE_DIGEST -> problem.object();
            case GAP, SILENT_TRAIL -> Custody.chain(problem.digest());
            default -> problem.digest();
        };
    }

    /** As it travels. */
    CustodyObservation at(Instant first, Instant seen) {
        return new CustodyObservation(
                what, place, State.HOLDS, new Times(aws, first, seen, watchedUntil), digest, details, details.size());
    }
}
