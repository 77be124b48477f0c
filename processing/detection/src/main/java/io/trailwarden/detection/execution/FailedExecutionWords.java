package io.trailwarden.detection.execution;

import io.trailwarden.detection.Call;
import io.trailwarden.detection.Phrases;
import io.trailwarden.detection.execution.FailedExecutionDetector.Failure;
import io.trailwarden.detection.execution.FailedExecutionState.End;
import io.trailwarden.detection.reference.Expectation;
import io.trailwarden.detection.reference.Reference;
import io.trailwarden.event.Claim;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;

/** What is said of failed executions of an unexpected starter. */
final class FailedExecutionWords {

    private static final int MAX_LISTED = 10;
    private static final int MAX_CAUSE = 300;

    private FailedExecutionWords() {}

    /**
     * About the failures of one starter, state machine and day.
     *
     * @param failures at least one, in order of time
     * @param more whether there were more than are told apart
     */
    static Claim.Words of(
            List<Failure> failures,
            boolean more,
            Expectation expectation,
            Reference reference,
            Claim.Evidence evidence) {
        Call call = failures.get(0).start().call();
        End end = failures.get(0).end();
        String execution = failures.get(0).execution();
        String principal = call.principal();
        String who = Phrases.principal(principal);
        String machine = end.ending().machine();
        String account = Phrases.account(call.account(), reference.accounts().name(call.account()));
        String what = failures.size() == 1 && !more
                ? "Execution " + name(execution) + " of " + Phrases.principal(machine) + ' ' + became(end)
                : failures.size() + (more ? " executions and more of " : " executions of ") + Phrases.principal(machine)
                        + " failed";
        Set<String> addresses = new TreeSet<>();
        Set<String> sessions = new TreeSet<>();
        for (Failure failure : failures) {
            addresses.add(Objects.toString(failure.start().call().caller().sourceAddress(), ""));
            sessions.add(Objects.toString(failure.start().call().caller().sessionArn(), ""));
        }
        addresses.remove("");
        sessions.remove("");
        Map<String, String> facts = new LinkedHashMap<>();
        facts.put("Expected", expectation.expected());
        facts.put(
                "Seen",
                Phrases.list(failures.stream().map(FailedExecutionWords::seen).toList(), MAX_LISTED));
        facts.put("Expectation", expectation.name() + ": " + expectation.shownAs());
        facts.put("Started by", principal);
        if (!sessions.isEmpty()) {
            facts.put("In session", Phrases.list(sessions, MAX_LISTED));
        }
        if (!addresses.isEmpty()) {
            facts.put("From", Phrases.list(addresses, MAX_LISTED));
        }
        List<String> causes = failures.stream()
                .map(failure -> failure.end().ending().cause())
                .filter(Objects::nonNull)
                .map(FailedExecutionWords::shortened)
                .distinct()
                .toList();
        if (!causes.isEmpty()) {
            facts.put("Cause", Phrases.list(causes, MAX_LISTED));
        }
        facts.put("State machine", machine);
        facts.put(
                "Execution",
                Phrases.list(failures.stream().map(Failure::execution).toList(), MAX_LISTED));
        facts.put("Account", account);
        return new Claim.Words(
                what + "; " + who + " started " + (failures.size() == 1 && !more ? "it" : "them") + ", against \""
                        + expectation.shownAs() + '"',
                what + " in account " + account
                        + ". The execution's log names nobody; CloudTrail's record of the start names "
                        + who + ", whom the expectation \"" + expectation.shownAs()
                        + "\" does not allow to do that. A failure may be a clumsy attempt, an input that the state machine"
                        + " refuses, or work left half done.",
                facts,
                List.of(
                        "Ask the owner of " + who + " why it was started, and with which input.",
                        Phrases.query(
                                "See how far it came",
                                "event_time, type, name, resource_type, resource, error, cause",
                                "executions",
                                evidence.first(),
                                evidence.last(),
                                "execution_arn",
                                failures.size() == 1 ? execution : null,
                                "state_machine_arn",
                                machine),
                        "Undo or finish what the states before the failing one did.",
                        "If nobody knows it: take " + who
                                + " the right to start the state machine, and end its sessions."));
    }

    private static String seen(Failure failure) {
        End end = failure.end();
        return Phrases.principal(failure.start().call().principal()) + " started " + name(failure.execution()) + " at "
                + failure.start().event().time() + ", which " + became(end)
                + (end.ending().error() == null ? "" : " with " + end.ending().error());
    }

    private static String shortened(String cause) {
        return cause.length() <= MAX_CAUSE ? cause : cause.substring(0, MAX_CAUSE) + '…';
    }

    /** {@code failed}, {@code timed out} or {@code was aborted}. */
    private static String became(End end) {
        return switch (end.ending().type()) {
            case "ExecutionTimedOut" -> "timed out";
            case "ExecutionAborted" -> "was aborted";
            default -> "failed";
        };
    }

    private static String name(String arn) {
        String[] parts = arn.split(":", -1);
        return parts.length > 7 ? parts[7] : arn;
    }
}
