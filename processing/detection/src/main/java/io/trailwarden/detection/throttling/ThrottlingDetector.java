package io.trailwarden.detection.throttling;

import io.trailwarden.detection.KeyedDetector;
import io.trailwarden.detection.Published;
import io.trailwarden.detection.Round;
import io.trailwarden.detection.Signal;
import io.trailwarden.detection.SignalSource;
import io.trailwarden.detection.reference.Reference;
import io.trailwarden.detection.throttling.ThrottlingNews.Log;
import io.trailwarden.detection.throttling.ThrottlingState.Minute;
import io.trailwarden.detection.throttling.ThrottlingState.Tally;
import io.trailwarden.event.Claim;
import io.trailwarden.event.Sighting;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * <em>Throttling spike</em>: many calls of one kind refused within minutes.
 *
 * <p>A quota is shared by all callers of one account, Region, service and call, so that is the key. Throttled calls are
 * counted by minute of event time. Minutes that lie at most {@value #GAP} apart, within one UTC day, are a run; a run is
 * a burst when within some five minutes of it at least {@code floor} calls were throttled, and at least {@code factor}
 * times as many as in the average five minutes of the seven days before. Bursts of one key that begin in the same UTC
 * hour are one finding, which keeps its id when late records move the beginning by minutes.
 */
public final class ThrottlingDetector implements KeyedDetector<ThrottlingKey, ThrottlingNews, ThrottlingState> {

    /** The detection's key. */
    public static final String NAME = "throttling-spike";

    /** How many minutes with throttled calls are kept; beyond that the oldest day is folded into a sum. */
    public static final int MAX_MINUTES = 4_320;

    /** How many callers are told apart within a minute. */
    public static final int MAX_CALLERS = 50;

    /** Minutes without throttled calls that end a run. */
    static final int GAP = 5;

    static final int WINDOW = 5;
    static final int HISTORY_DAYS = 7;
    private static final int MAX_CODES = 16;
    private static final int MAX_FOLDED_DAYS = 60;
    private static final long DAY = 1_440;
    private static final long NONE = Long.MIN_VALUE;
    private static final Duration KEEP = Duration.ofDays(30);
    private static final long serialVersionUID = 1;

    /** A detector; all of them are alike. */
    public ThrottlingDetector() {}

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public Class<ThrottlingKey> keyType() {
        return ThrottlingKey.class;
    }

    @Override
    public Class<ThrottlingNews> newsType() {
        return ThrottlingNews.class;
    }

    @Override
    public Class<ThrottlingState> stateType() {
        return ThrottlingState.class;
    }

    @Override
    public int stateVersion() {
        return 2;
    }

    @Override
    public SignalSource<ThrottlingKey, ThrottlingNews> signals() {
        return new ThrottlingSignals();
    }

    @Override
    public ThrottlingState merge(@Nullable ThrottlingState before, Signal<ThrottlingKey, ThrottlingNews> signal) {
        ThrottlingState state = before == null
                ? new ThrottlingState(
                        signal.key().account(),
                        signal.key().region(),
                        signal.key().service(),
                        signal.key().call(),
                        Map.of(),
                        Map.of(),
                        null,
                        Published.NOTHING)
                : before;
        Map<Long, Minute> minutes = new HashMap<>(state.minutes());
        Map<Long, Long> folded = new HashMap<>(state.folded());
        Instant since = state.since();
        if (since != null && signal.event().time().isBefore(since)) {
            folded.merge(day(minute(signal.event().time())), 1L, Long::sum);
        } else {
            long at = minute(signal.event().time());
            minutes.put(at, add(minutes.get(at), signal.event(), signal.news()));
            trimEvidence(minutes, at);
            since = fold(minutes, folded, since);
        }
        return new ThrottlingState(
                state.account(),
                state.region(),
                state.service(),
                state.call(),
                minutes,
                folded,
                since,
                since == null ? state.published() : state.published().keepFrom(since));
    }

    private static Minute add(@Nullable Minute before, Sighting event, ThrottlingNews call) {
        boolean trail = call.log() == Log.CLOUDTRAIL;
        Instant time = event.time();
        Minute known =
                before == null ? new Minute(Map.of(), new Tally(0, 0), Map.of(), 0, 0, time, time, List.of()) : before;
        Tally one = new Tally(trail ? 1 : 0, trail ? 0 : 1);
        TreeMap<String, Tally> callers = new TreeMap<>(known.callers());
        callers.merge(call.caller(), one, ThrottlingDetector::sum);
        Tally others = known.others();
        if (callers.size() > MAX_CALLERS) {
            // Who is left out must not depend on who came first.
            others = sum(others, callers.pollLastEntry().getValue());
        }
        TreeMap<String, Long> codes = new TreeMap<>(known.codes());
        codes.merge(call.error(), 1L, Long::sum);
        if (codes.size() > MAX_CODES) {
            codes.pollLastEntry();
        }
        List<Sighting> earliest = new ArrayList<>(known.earliest());
        earliest.add(event);
        return new Minute(
                callers,
                others,
                codes,
                known.quota() + (call.code() == ThrottleCode.QUOTA ? 1 : 0),
                known.readOnly() + (call.readOnly() ? 1 : 0),
                time.isBefore(known.first()) ? time : known.first(),
                time.isAfter(known.last()) ? time : known.last(),
                earliest);
    }

    /** Keeps of the run around this minute the earliest events only. Runs only grow, so what goes is never missed. */
    private static void trimEvidence(Map<Long, Minute> minutes, long at) {
        long begin = at;
        for (long before = previous(minutes, begin); before != NONE; before = previous(minutes, begin)) {
            begin = before;
        }
        int room = Claim.Evidence.MAX_EVENT_IDS;
        for (long minute = begin; minute != NONE; minute = next(minutes, minute)) {
            Minute known = minutes.get(minute);
            if (known == null) {
                return;
            }
            List<Sighting> earliest = known.earliest();
            if (minute == at || earliest.size() > room) {
                earliest = earliest.stream().sorted().limit(room).toList();
                minutes.put(
                        minute,
                        new Minute(
                                known.callers(),
                                known.others(),
                                known.codes(),
                                known.quota(),
                                known.readOnly(),
                                known.first(),
                                known.last(),
                                new ArrayList<>(earliest)));
            }
            room -= earliest.size();
        }
    }

    private static long previous(Map<Long, Minute> minutes, long minute) {
        for (long before = minute - 1; before >= minute - GAP && day(before) == day(minute); before--) {
            if (minutes.containsKey(before)) {
                return before;
            }
        }
        return NONE;
    }

    private static long next(Map<Long, Minute> minutes, long minute) {
        for (long after = minute + 1; after <= minute + GAP && day(after) == day(minute); after++) {
            if (minutes.containsKey(after)) {
                return after;
            }
        }
        return NONE;
    }

    private static @Nullable Instant fold(Map<Long, Minute> minutes, Map<Long, Long> folded, @Nullable Instant since) {
        Instant kept = since;
        while (minutes.size() > MAX_MINUTES) {
            long oldest = day(
                    minutes.keySet().stream().mapToLong(Long::longValue).min().orElseThrow());
            long total = minutes.entrySet().stream()
                    .filter(minute -> day(minute.getKey()) == oldest)
                    .mapToLong(minute -> calls(minute.getValue()))
                    .sum();
            minutes.keySet().removeIf(minute -> day(minute) == oldest);
            folded.merge(oldest, total, Long::sum);
            kept = instant((oldest + 1) * DAY);
        }
        while (folded.size() > MAX_FOLDED_DAYS) {
            folded.remove(folded.keySet().stream().min(Long::compare).orElseThrow());
        }
        return kept;
    }

    @Override
    public ThrottlingState evaluate(ThrottlingState state, Round<ThrottlingKey, ThrottlingNews> round) {
        Published published = round.findings().settle(state.published(), Bursts.conclude(state, round.reference()));
        return published == state.published()
                ? state
                : new ThrottlingState(
                        state.account(),
                        state.region(),
                        state.service(),
                        state.call(),
                        state.minutes(),
                        state.folded(),
                        state.since(),
                        published);
    }

    @Override
    public Instant expiresAt(ThrottlingState state, Reference reference) {
        long newest = state.minutes().keySet().stream()
                .mapToLong(Long::longValue)
                .max()
                .orElse(0);
        return instant(newest + 1).plus(KEEP);
    }

    static long minute(Instant time) {
        return Math.floorDiv(time.getEpochSecond(), 60L);
    }

    static long day(long minute) {
        return Math.floorDiv(minute, DAY);
    }

    static Instant instant(long minute) {
        return Instant.ofEpochSecond(minute * 60);
    }

    /** The same refusal may be in CloudTrail and in an execution log; so the larger number is what is certain. */
    static long calls(Minute minute) {
        return Math.max(trail(minute), executions(minute));
    }

    static long trail(Minute minute) {
        return minute.callers().values().stream().mapToLong(Tally::cloudTrail).sum()
                + minute.others().cloudTrail();
    }

    static long executions(Minute minute) {
        return minute.callers().values().stream().mapToLong(Tally::executions).sum()
                + minute.others().executions();
    }

    static Tally sum(Tally left, Tally right) {
        return new Tally(left.cloudTrail() + right.cloudTrail(), left.executions() + right.executions());
    }
}
