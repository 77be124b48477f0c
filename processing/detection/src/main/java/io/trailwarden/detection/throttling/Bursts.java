package io.trailwarden.detection.throttling;

import io.trailwarden.detection.Findings;
import io.trailwarden.detection.Phrases;
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
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/** Finds the bursts in one key's minutes and says what there is to say about them. */
final class Bursts {

    /** Lines of a fact; a burst has at most 1,440 minutes. */
    private static final int MAX_LINES = 200;

    /** Step Functions' token buckets (developer guide, "Service quotas"), where a retry strategy depends on them. */
    private static final Map<String, String> KNOWN_QUOTAS = Map.of(
            "states:StartExecution",
            "Standard: 1,300 at once and 300/s in us-east-1, us-west-2 and eu-west-1, 800 and 150/s elsewhere; Express:"
                    + " 6,000 and 6,000/s",
            "states:DescribeExecution",
            "300 at once and 15/s in us-east-1, us-west-2 and eu-west-1, 250 and 10/s elsewhere",
            "states:DescribeStateMachine",
            "200 at once and 20/s",
            "states:ListStateMachines",
            "100 at once and 5/s",
            "states:GetExecutionHistory",
            "400 at once and 20/s",
            "states:StopExecution",
            "1,000 at once and 200/s in us-east-1, us-west-2 and eu-west-1, 500 and 25/s elsewhere");

    /** A burst: its run of minutes, and where within it the most calls were throttled. */
    private record Burst(SortedMap<Long, Minute> minutes, long peak, long peakAt, double usual, long threshold) {}

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
        byHour.forEach((hour, bursts) -> claims.add(conclude(state, reference, settings, hour, bursts)));
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

    private static Claim conclude(
            ThrottlingState state, Reference reference, ThrottlingSettings settings, long hour, List<Burst> bursts) {
        TreeMap<Long, Minute> minutes = new TreeMap<>();
        bursts.forEach(burst -> minutes.putAll(burst.minutes()));
        Burst worst = bursts.get(0);
        for (Burst burst : bursts) {
            worst = burst.peak() > worst.peak() ? burst : worst;
        }
        Map<String, Tally> callers = new TreeMap<>();
        Map<String, Long> codes = new TreeMap<>();
        List<Sighting> evidence = new ArrayList<>();
        Instant first = minutes.firstEntry().getValue().first();
        Instant last = first;
        long trail = 0;
        long executions = 0;
        long quota = 0;
        long readOnly = 0;
        Tally others = new Tally(0, 0);
        for (Minute minute : minutes.values()) {
            minute.callers().forEach((caller, tally) -> callers.merge(caller, tally, ThrottlingDetector::sum));
            minute.codes().forEach((code, count) -> codes.merge(code, count, Long::sum));
            others = ThrottlingDetector.sum(others, minute.others());
            trail += ThrottlingDetector.trail(minute);
            executions += ThrottlingDetector.executions(minute);
            quota += minute.quota();
            readOnly += minute.readOnly();
            last = minute.last().isAfter(last) ? minute.last() : last;
            evidence.addAll(minute.earliest());
        }
        List<Map.Entry<String, Tally>> ranked = new ArrayList<>(callers.entrySet());
        ranked.sort((left, right) -> {
            int byCalls = Long.compare(total(right.getValue()), total(left.getValue()));
            return byCalls != 0 ? byCalls : left.getKey().compareTo(right.getKey());
        });
        Map.Entry<String, Tally> cause = ranked.get(0);
        long all = trail + executions;
        String action = state.service() + ':' + state.call();
        boolean fixed = quota == all;
        Map<String, String> facts = facts(state, reference, settings, action, worst, minutes, ranked, others, codes);
        String id = FindingId.of(
                ThrottlingDetector.NAME,
                state.account(),
                state.region(),
                state.service(),
                state.call(),
                ThrottlingDetector.instant(hour * 60).toString());
        return new Claim(
                id,
                new Claim.Detection(
                        ThrottlingDetector.NAME,
                        severity(fixed, worst, ranked.size()),
                        Findings.AUTHOR,
                        readOnly == all ? List.of("T1526") : List.of("T1499")),
                new Claim.Subject(
                        action + " in " + state.account() + (state.region().isEmpty() ? "" : " " + state.region()),
                        state.account(),
                        state.region().isEmpty() ? null : state.region(),
                        cause.getKey()),
                new Claim.Evidence(
                        first,
                        last,
                        evidence.stream().sorted().map(Sighting::eventId).toList(),
                        all),
                new Claim.Words(
                        (fixed ? "Quota used up: " : "Throttled: ")
                                + Phrases.count(all, "call")
                                + " of " + action
                                + (state.region().isEmpty() ? "" : " in " + state.region())
                                + ", most by " + Phrases.principal(cause.getKey()),
                        description(state, action, worst, settings, first, last, all, ranked, fixed),
                        facts,
                        steps(state, action, cause, all, ranked.size(), first, last, trail, fixed)));
    }

    /** The rule is in {@code docs/reference/detections.md}. */
    private static Severity severity(boolean fixed, Burst worst, int callers) {
        if (fixed) {
            return Severity.LOW;
        }
        return worst.peak() >= 10 * worst.threshold() || callers >= 3 ? Severity.HIGH : Severity.MEDIUM;
    }

    private static String description(
            ThrottlingState state,
            String action,
            Burst worst,
            ThrottlingSettings settings,
            Instant first,
            Instant last,
            long all,
            List<Map.Entry<String, Tally>> ranked,
            boolean fixed) {
        StringBuilder text = new StringBuilder();
        text.append("AWS refused ")
                .append(Phrases.count(all, "call"))
                .append(" of ")
                .append(action)
                .append(" in account ")
                .append(state.account())
                .append(" between ")
                .append(first)
                .append(" and ")
                .append(last)
                .append(fixed ? ", because a fixed quota is used up. " : ", because they came too fast. ");
        text.append("At the peak, five minutes from ")
                .append(ThrottlingDetector.instant(worst.peakAt()))
                .append(", it was ")
                .append(worst.peak())
                .append("; a finding begins at ")
                .append(worst.threshold())
                .append(worst.threshold() > settings.floor() ? " because of what is usual here. " : ". ");
        text.append(
                ranked.size() == 1
                        ? "There was one caller. "
                        : "The quota is shared by " + ranked.size() + " callers that were refused. ");
        return text.append("Calls that succeeded are not counted.").toString();
    }

    private static Map<String, String> facts(
            ThrottlingState state,
            Reference reference,
            ThrottlingSettings settings,
            String action,
            Burst worst,
            TreeMap<Long, Minute> minutes,
            List<Map.Entry<String, Tally>> ranked,
            Tally others,
            Map<String, Long> codes) {
        Map<String, String> facts = new LinkedHashMap<>();
        facts.put(
                "Account", Phrases.account(state.account(), reference.accounts().name(state.account())));
        facts.put("Call", action);
        facts.put(
                "Expected",
                "fewer than " + worst.threshold() + " throttled calls in five minutes (floor " + settings.floor() + "; "
                        + settings.factor() + " times the usual "
                        + String.format(Locale.ROOT, "%.1f", worst.usual()) + ")");
        facts.put("Seen", worst.peak() + " in five minutes from " + ThrottlingDetector.instant(worst.peakAt()));
        facts.put("Most by", ranked.get(0).getKey() + " " + count(ranked.get(0).getValue()));
        if (ranked.size() > 1) {
            facts.put(
                    "Also throttled",
                    Phrases.list(
                            ranked.subList(1, ranked.size()).stream()
                                    .map(caller -> caller.getKey() + " " + count(caller.getValue()))
                                    .toList(),
                            MAX_LINES));
        }
        if (total(others) > 0) {
            facts.put(
                    "Not told apart",
                    count(others) + " by callers beyond " + ThrottlingDetector.MAX_CALLERS + " in one minute");
        }
        facts.put(
                "Errors",
                Phrases.list(
                        codes.entrySet().stream()
                                .map(code -> code.getKey() + " " + code.getValue())
                                .toList(),
                        MAX_LINES));
        List<String> perMinute = new ArrayList<>();
        List<String> perMinuteAndCaller = new ArrayList<>();
        minutes.forEach((at, minute) -> {
            String time = ThrottlingDetector.instant(at).toString().substring(0, 16) + 'Z';
            perMinute.add(time + ' ' + (ThrottlingDetector.trail(minute) + ThrottlingDetector.executions(minute)));
            new TreeMap<>(minute.callers())
                    .forEach((caller, tally) -> perMinuteAndCaller.add(time + ' ' + caller + ' ' + total(tally)));
        });
        facts.put("Per minute", Phrases.list(perMinute, MAX_LINES));
        facts.put("Per minute and caller", Phrases.list(perMinuteAndCaller, MAX_LINES));
        String known = KNOWN_QUOTAS.get(action);
        if (known != null) {
            facts.put("Quota by default", known);
        }
        return facts;
    }

    private static List<String> steps(
            ThrottlingState state,
            String action,
            Map.Entry<String, Tally> cause,
            long all,
            int callers,
            Instant first,
            Instant last,
            long trail,
            boolean fixed) {
        List<String> steps = new ArrayList<>();
        String who = Phrases.principal(cause.getKey());
        if (fixed) {
            steps.add("Find out what is counted by this quota and delete what nobody needs, or ask for more in Service"
                    + " Quotas (" + state.service() + ", " + state.region() + ").");
        } else {
            steps.add("Ask whoever runs " + who + " what it was doing: it made " + total(cause.getValue()) + " of the "
                    + all + " refused calls.");
        }
        steps.add(
                trail > 0
                        ? Phrases.query(
                                "See who called it then, also successfully",
                                "event_time, actor_key, error_code, source_ip_address, user_agent",
                                "cloudtrail",
                                first,
                                last,
                                "recipient_account_id",
                                state.account(),
                                "aws_region",
                                state.region(),
                                "event_name",
                                state.call())
                        : Phrases.query(
                                "See which executions were refused",
                                "event_time, execution_arn, name, error, cause",
                                "executions",
                                first,
                                last,
                                "account",
                                state.account(),
                                "region",
                                state.region()));
        if (!fixed) {
            steps.add(
                    "If it is a program: let it back off exponentially with jitter, cache what it reads, and use batch"
                            + " calls.");
            if (callers > 1) {
                steps.add("Tell the owners of the other " + Phrases.count(callers - 1L, "caller")
                        + " that their calls failed for this reason.");
            }
            steps.add("If nobody knows why " + who + " called " + action
                    + ", treat its credentials as stolen: fast listing is how a stranger looks around.");
        }
        return steps;
    }

    private static String count(Tally tally) {
        if (tally.executions() == 0) {
            return Long.toString(tally.cloudTrail());
        }
        return tally.cloudTrail() == 0
                ? tally.executions() + " (execution log)"
                : tally.cloudTrail() + " (CloudTrail) and " + tally.executions() + " (execution log)";
    }

    private static long total(Tally tally) {
        return tally.cloudTrail() + tally.executions();
    }
}
