package io.trailwarden.detection.principal;

import io.trailwarden.detection.Phrases;
import io.trailwarden.detection.principal.PrincipalKey.Kind;
import io.trailwarden.detection.principal.PrincipalState.JudgedUse;
import io.trailwarden.detection.reference.Expectation;
import io.trailwarden.detection.reference.Reference;
import io.trailwarden.event.Claim;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/** What is said of uses that contradict an expectation. */
final class ContradictionWords {

    private static final int MAX_LISTED = 20;

    private ContradictionWords() {}

    /** About what one principal did on one day against one expectation; {@code uses} in order of time. */
    static Claim.Words of(
            PrincipalState state,
            Reference reference,
            Expectation expectation,
            List<JudgedUse> uses,
            Claim.Evidence evidence) {
        boolean machine = state.kind() == Kind.STATE_MACHINE;
        String who = Phrases.principal(state.subject());
        String account = Phrases.account(state.account(), reference.accounts().name(state.account()));
        boolean refused = Contradictions.refused(uses);
        JudgedUse first = uses.get(0);
        Set<String> actions = new LinkedHashSet<>();
        Set<String> addresses = new TreeSet<>();
        for (JudgedUse use : uses) {
            actions.add(
                    use.executionRole() == null
                            ? use.action()
                            : "running as " + Phrases.principal(use.executionRole()));
            if (use.sourceAddress() != null) {
                addresses.add(use.sourceAddress());
            }
        }
        String name = expectation.shownAs();
        Map<String, String> facts = new LinkedHashMap<>();
        facts.put(
                "Expectation",
                expectation.title() == null ? expectation.name() : expectation.name() + ": " + expectation.title());
        if (expectation.why() != null) {
            facts.put("Why it was written", expectation.why());
        }
        facts.put("It speaks about", expectation.when().describe());
        facts.put("Expected", expectation.expected());
        facts.put("Seen", Phrases.list(uses.stream().map(use -> seen(who, use)).toList(), MAX_LISTED));
        facts.put(machine ? "State machine" : "Principal", state.subject());
        facts.put("Account", account);
        if (!addresses.isEmpty()) {
            facts.put("From", Phrases.list(addresses, MAX_LISTED));
        }
        return new Claim.Words(
                "Unexpected: " + who + (refused ? " tried " : ": ") + Phrases.list(actions, 2) + on(first)
                        + ", against \"" + name + '"',
                Phrases.capital(who) + " in account " + account + " did on "
                        + evidence.first().toString().substring(0, 10)
                        + " what contradicts the expectation \"" + name + "\""
                        + (refused ? "; AWS refused all of it." : "."),
                facts,
                steps(state, expectation, who, evidence));
    }

    private static List<String> steps(
            PrincipalState state, Expectation expectation, String who, Claim.Evidence evidence) {
        boolean machine = state.kind() == Kind.STATE_MACHINE;
        return List.of(
                "Ask the owner of " + who + " what this was, and the author of the expectation whether it still holds.",
                machine
                        ? Phrases.query(
                                "See what it ran",
                                "event_time, execution_arn, type, resource_type, resource, role_arn, task_role_arn",
                                "executions",
                                evidence.first(),
                                evidence.last(),
                                "state_machine_arn",
                                state.subject())
                        : Phrases.query(
                                "See everything it did around then",
                                "event_time, event_source, event_name, aws_region, error_code, source_ip_address,"
                                        + " user_identity_arn",
                                "cloudtrail",
                                evidence.first(),
                                evidence.last(),
                                "recipient_account_id",
                                state.account(),
                                "actor_key",
                                state.subject()),
                "If it was not meant to happen: take the permission away, so that it is refused the next time; if nobody"
                        + " knows it, end the principal's sessions first.",
                "If it is right: change the expectation " + expectation.name()
                        + " (reference data, kind EXPECTATION); this finding is then withdrawn.");
    }

    private static String seen(String who, JudgedUse use) {
        return who + ": " + use.action()
                + (use.stateMachine() == null ? "" : " on " + Phrases.principal(use.stateMachine()))
                + (use.executionRole() == null ? "" : " as " + use.executionRole())
                + (use.resources().isEmpty() ? "" : " on " + Phrases.list(use.resources(), 3))
                + (use.region() == null ? "" : " in " + use.region()) + " at " + use.time()
                + (use.invokedBy() == null ? "" : " through " + use.invokedBy())
                + (use.errorCode() == null ? "" : " (refused: " + use.errorCode() + ')');
    }

    private static String on(JudgedUse use) {
        return use.stateMachine() == null ? "" : " on " + Phrases.principal(use.stateMachine());
    }
}
