package io.trailwarden.detection.throttling;

import io.trailwarden.detection.Findings;
import io.trailwarden.detection.reference.Reference;
import io.trailwarden.detection.reference.ThrottlingSettings;
import io.trailwarden.detection.throttling.ThrottlingState.Minute;
import io.trailwarden.detection.throttling.ThrottlingState.Tally;
import io.trailwarden.event.Claim;
import io.trailwarden.event.FindingId;
import io.trailwarden.event.Severity;
import io.trailwarden.event.Sighting;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/** Finds the bursts in one key's minutes and says what there is to say about them. */
final class Bursts {

    /** A burst: its run of minutes, and where within it the most calls were throttled. */
    record Burst(SortedMap<Long, Minute> minutes, long peak, long peakAt, double usual, long threshold) {}

    /**
     * All bursts of an hour together.
     *
     * @param worst the burst with the highest peak
     * @param ranked the callers, the one with the most calls first
     * @param others calls of callers that are not told apart
     * @param codes how often each error name was seen
     * @param total all calls
     * @param fixed whether a fixed quota is used up in every one of them
     */
    record Refusals(
            TreeMap<Long, Minute> minutes,
            Burst worst,
            List<Map.Entry<String, Tally>> ranked,
            Tally others,
            Map<String, Long> codes,
            Tally total,
            boolean fixed) {

        long all() {
            return Bursts.total(total);
        }

        Map.Entry<String, Tally> cause() {
            return ranked.get(0);
        }

        Instant first() {
            return minutes.firstEntry().getValue().first();
        }

        Instant last() {
            return minutes.values().stream()
                    .map(Minute::last)
                    .max(Comparator.naturalOrder())
                    .orElseThrow();
        }
    }

    private Bursts() {}

    static List<Claim> conclude(ThrottlingState state, Reference reference) {
        ThrottlingSettings settings = reference.throttling(state.account());
        TreeMap<Long, Minute> minutes = new TreeMap<>(state.minutes());
        Map<Long, List<Burst>> byHour = new TreeMap<>();
        for (SortedMap<Long, Minute> run : runs(minutes)) {
            Burst burst = measure(state, minutes, run, settings);
            if (burst.peak() >= burst.threshold()) {
                byHour.computeIfAbsent(Math.floorDiv(run.firstKey(), 60L), hour -> new ArrayList<>())
                        .add(burst);
            }
        }
        List<Claim> claims = new ArrayList<>();
        byHour.forEach((hour, bursts) -> claims.add(conclude(state, reference, hour, bursts)));
        return claims;
    }

    private static List<SortedMap<Long, Minute>> runs(TreeMap<Long, Minute> minutes) {
        List<SortedMap<Long, Minute>> runs = new ArrayList<>();
        SortedMap<Long, Minute> run = new TreeMap<>();
        for (Map.Entry<Long, Minute> minute : minutes.entrySet()) {
            if (!run.isEmpty()
                    && (minute.getKey() - run.lastKey() > ThrottlingDetector.GAP
                            || ThrottlingDetector.day(minute.getKey()) != ThrottlingDetector.day(run.lastKey()))) {
                runs.add(run);
                run = new TreeMap<>();
            }
            run.put(minute.getKey(), minute.getValue());
        }
        if (!run.isEmpty()) {
            runs.add(run);
        }
        return runs;
    }

    private static Burst measure(
            ThrottlingState state,
            TreeMap<Long, Minute> minutes,
            SortedMap<Long, Minute> run,
            ThrottlingSettings settings) {
        long peak = 0;
        long peakAt = run.firstKey();
        for (long from : run.keySet()) {
            long calls = run.subMap(from, from + ThrottlingDetector.WINDOW).values().stream()
                    .mapToLong(ThrottlingDetector::calls)
                    .sum();
            if (calls > peak) {
                peak = calls;
                peakAt = from;
            }
        }
        double usual = usual(state, minutes, run.firstKey());
        long threshold = Math.max(settings.floor(), (long) Math.ceil(settings.factor() * usual));
        return new Burst(run, peak, peakAt, usual, threshold);
    }

    /** Throttled calls in the average five minutes of the days before, since there were any, but of one day at least. */
    private static double usual(ThrottlingState state, TreeMap<Long, Minute> minutes, long begin) {
        long oldest = begin - ThrottlingDetector.HISTORY_DAYS * 1_440L;
        long calls = 0;
        long first = begin;
        for (Map.Entry<Long, Long> day : state.folded().entrySet()) {
            long at = day.getKey() * 1_440;
            if (at >= oldest && at < begin) {
                calls += day.getValue();
            }
            first = Math.min(first, at);
        }
        for (Minute minute : minutes.subMap(oldest, begin).values()) {
            calls += ThrottlingDetector.calls(minute);
        }
        first = Math.min(first, minutes.firstKey());
        long span = Math.max(1_440, begin - Math.max(first, oldest));
        return (double) calls * ThrottlingDetector.WINDOW / span;
    }

    private static Claim conclude(ThrottlingState state, Reference reference, long hour, List<Burst> bursts) {
        Refusals refusals = sum(bursts);
        List<Sighting> evidence = new ArrayList<>();
        long readOnly = 0;
        for (Minute minute : refusals.minutes().values()) {
            evidence.addAll(minute.earliest());
            readOnly += minute.readOnly();
        }
        String region = state.region();
        return new Claim(
                FindingId.of(
                        ThrottlingDetector.NAME,
                        state.account(),
                        region,
                        state.service(),
                        state.call(),
                        ThrottlingDetector.instant(hour * 60).toString()),
                new Claim.Detection(
                        ThrottlingDetector.NAME,
                        severity(refusals),
                        Findings.AUTHOR,
                        readOnly == refusals.all() ? List.of("T1526") : List.of("T1499")),
                new Claim.Subject(
                        state.service() + ':' + state.call() + " in " + state.account()
                                + (region.isEmpty() ? "" : " " + region),
                        state.account(),
                        region.isEmpty() ? null : region,
                        refusals.cause().getKey()),
                new Claim.Evidence(
                        refusals.first(),
                        refusals.last(),
                        evidence.stream().sorted().map(Sighting::eventId).toList(),
                        refusals.all()),
                BurstWords.of(state, reference, refusals));
    }

    private static Refusals sum(List<Burst> bursts) {
        TreeMap<Long, Minute> minutes = new TreeMap<>();
        bursts.forEach(burst -> minutes.putAll(burst.minutes()));
        Burst worst = bursts.get(0);
        for (Burst burst : bursts) {
            worst = burst.peak() > worst.peak() ? burst : worst;
        }
        Map<String, Tally> callers = new TreeMap<>();
        Map<String, Long> codes = new TreeMap<>();
        long quota = 0;
        Tally others = new Tally(0, 0);
        Tally all = new Tally(0, 0);
        for (Minute minute : minutes.values()) {
            minute.callers().forEach((caller, tally) -> callers.merge(caller, tally, ThrottlingDetector::sum));
            minute.codes().forEach((code, count) -> codes.merge(code, count, Long::sum));
            others = ThrottlingDetector.sum(others, minute.others());
            all = ThrottlingDetector.sum(
                    all, new Tally(ThrottlingDetector.trail(minute), ThrottlingDetector.executions(minute)));
            quota += minute.quota();
        }
        List<Map.Entry<String, Tally>> ranked = new ArrayList<>(callers.entrySet());
        ranked.sort((left, right) -> {
            int byCalls = Long.compare(total(right.getValue()), total(left.getValue()));
            return byCalls != 0 ? byCalls : left.getKey().compareTo(right.getKey());
        });
        return new Refusals(minutes, worst, ranked, others, codes, all, quota == total(all));
    }

    static long total(Tally tally) {
        return tally.cloudTrail() + tally.executions();
    }

    /** The rule is in {@code docs/reference/detections.md}. */
    private static Severity severity(Refusals refusals) {
        if (refusals.fixed()) {
            return Severity.LOW;
        }
        Burst worst = refusals.worst();
        return worst.peak() >= 10 * worst.threshold() || refusals.ranked().size() >= 3
                ? Severity.HIGH
                : Severity.MEDIUM;
    }
}
