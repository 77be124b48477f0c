package io.trailwarden.detection.throttling;

import io.trailwarden.detection.Phrases;
import io.trailwarden.detection.reference.Reference;
import io.trailwarden.detection.reference.ThrottlingSettings;
import io.trailwarden.detection.throttling.Bursts.Refusals;
import io.trailwarden.detection.throttling.ThrottlingState.Tally;
import io.trailwarden.event.Claim;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/** What is said of bursts of throttled calls. */
final class BurstWords {

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

    private BurstWords() {}

    /** About all bursts of an hour. */
    static Claim.Words of(ThrottlingState state, Reference reference, Refusals refusals) {
        ThrottlingSettings settings = reference.throttling(state.account());
        return new Claim.Words(
                (refusals.fixed() ? "Quota used up: " : "Throttled: ")
                        + Phrases.count(refusals.all(), "call")
                        + " of " + action(state)
                        + (state.region().isEmpty() ? "" : " in " + state.region())
                        + ", most by " + Phrases.principal(refusals.cause().getKey()),
                description(state, settings, refusals),
                facts(state, reference, settings, refusals),
                steps(state, refusals));
    }

    private static String action(ThrottlingState state) {
        return state.service() + ':' + state.call();
    }

    private static String description(ThrottlingState state, ThrottlingSettings settings, Refusals refusals) {
        StringBuilder text = new StringBuilder();
        text.append("AWS refused ")
                .append(Phrases.count(refusals.all(), "call"))
                .append(" of ")
                .append(action(state))
                .append(" in account ")
                .append(state.account())
                .append(" between ")
                .append(refusals.first())
                .append(" and ")
                .append(refusals.last())
                .append(refusals.fixed() ? ", because a fixed quota is used up. " : ", because they came too fast. ");
        text.append("At the peak, five minutes from ")
                .append(ThrottlingDetector.instant(refusals.worst().peakAt()))
                .append(", it was ")
                .append(refusals.worst().peak())
                .append("; a finding begins at ")
                .append(refusals.worst().threshold())
                .append(refusals.worst().threshold() > settings.floor() ? " because of what is usual here. " : ". ");
        text.append(
                refusals.ranked().size() == 1
                        ? "There was one caller. "
                        : "The quota is shared by " + refusals.ranked().size() + " callers that were refused. ");
        return text.append("Calls that succeeded are not counted.").toString();
    }

    private static Map<String, String> facts(
            ThrottlingState state, Reference reference, ThrottlingSettings settings, Refusals refusals) {
        Map<String, String> facts = new LinkedHashMap<>();
        facts.put(
                "Account", Phrases.account(state.account(), reference.accounts().name(state.account())));
        facts.put("Call", action(state));
        facts.put(
                "Expected",
                "fewer than " + refusals.worst().threshold() + " throttled calls in five minutes (floor "
                        + settings.floor() + "; "
                        + settings.factor() + " times the usual "
                        + String.format(Locale.ROOT, "%.1f", refusals.worst().usual()) + ")");
        facts.put(
                "Seen",
                refusals.worst().peak() + " in five minutes from "
                        + ThrottlingDetector.instant(refusals.worst().peakAt()));
        facts.put(
                "Most by",
                refusals.ranked().get(0).getKey() + " "
                        + count(refusals.ranked().get(0).getValue()));
        if (refusals.ranked().size() > 1) {
            facts.put(
                    "Also throttled",
                    Phrases.list(
                            refusals.ranked().subList(1, refusals.ranked().size()).stream()
                                    .map(caller -> caller.getKey() + " " + count(caller.getValue()))
                                    .toList(),
                            MAX_LINES));
        }
        if (Bursts.total(refusals.others()) > 0) {
            facts.put(
                    "Not told apart",
                    count(refusals.others()) + " by callers beyond " + ThrottlingDetector.MAX_CALLERS
                            + " in one minute");
        }
        facts.put(
                "Errors",
                Phrases.list(
                        refusals.codes().entrySet().stream()
                                .map(code -> code.getKey() + " " + code.getValue())
                                .toList(),
                        MAX_LINES));
        List<String> perMinute = new ArrayList<>();
        List<String> perMinuteAndCaller = new ArrayList<>();
        refusals.minutes().forEach((at, minute) -> {
            String time = ThrottlingDetector.instant(at).toString().substring(0, 16) + 'Z';
            perMinute.add(time + ' ' + (ThrottlingDetector.trail(minute) + ThrottlingDetector.executions(minute)));
            new TreeMap<>(minute.callers())
                    .forEach(
                            (caller, tally) -> perMinuteAndCaller.add(time + ' ' + caller + ' ' + Bursts.total(tally)));
        });
        facts.put("Per minute", Phrases.list(perMinute, MAX_LINES));
        facts.put("Per minute and caller", Phrases.list(perMinuteAndCaller, MAX_LINES));
        String known = KNOWN_QUOTAS.get(action(state));
        if (known != null) {
            facts.put("Quota by default", known);
        }
        return facts;
    }

    private static List<String> steps(ThrottlingState state, Refusals refusals) {
        List<String> steps = new ArrayList<>();
        String who = Phrases.principal(refusals.cause().getKey());
        if (refusals.fixed()) {
            steps.add("Find out what is counted by this quota and delete what nobody needs, or ask for more in Service"
                    + " Quotas (" + state.service() + ", " + state.region() + ").");
        } else {
            steps.add("Ask whoever runs " + who + " what it was doing: it made "
                    + Bursts.total(refusals.cause().getValue()) + " of the " + refusals.all() + " refused calls.");
        }
        steps.add(
                refusals.total().cloudTrail() > 0
                        ? Phrases.query(
                                "See who called it then, also successfully",
                                "event_time, actor_key, error_code, source_ip_address, user_agent",
                                "cloudtrail",
                                refusals.first(),
                                refusals.last(),
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
                                refusals.first(),
                                refusals.last(),
                                "account",
                                state.account(),
                                "region",
                                state.region()));
        if (!refusals.fixed()) {
            steps.add(
                    "If it is a program: let it back off exponentially with jitter, cache what it reads, and use batch"
                            + " calls.");
            if (refusals.ranked().size() > 1) {
                steps.add("Tell the owners of the other "
                        + Phrases.count(refusals.ranked().size() - 1L, "caller")
                        + " that their calls failed for this reason.");
            }
            steps.add("If nobody knows why " + who + " called " + action(state)
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
}
