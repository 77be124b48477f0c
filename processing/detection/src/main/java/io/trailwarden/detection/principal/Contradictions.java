package io.trailwarden.detection.principal;

import io.trailwarden.detection.Findings;
import io.trailwarden.detection.Phrases;
import io.trailwarden.detection.principal.PrincipalKey.Kind;
import io.trailwarden.detection.principal.PrincipalState.JudgedUse;
import io.trailwarden.detection.reference.Expectation;
import io.trailwarden.detection.reference.Expectation.Use;
import io.trailwarden.detection.reference.Reference;
import io.trailwarden.event.Claim;
import io.trailwarden.event.FindingId;
import io.trailwarden.event.Severity;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/** Uses that contradict what somebody wrote down, one claim per expectation, principal, account and day. */
final class Contradictions {

    private static final int MAX_LISTED = 20;

    private Contradictions() {}

    static List<Claim> conclude(PrincipalState state, Reference reference) {
        if (state.uses().isEmpty() || PrincipalDetector.isIgnored(state, reference)) {
            return List.of();
        }
        List<Claim> claims = new ArrayList<>();
        for (Expectation expectation : reference.expectations()) {
            Map<Instant, List<JudgedUse>> byDay = new TreeMap<>();
            for (JudgedUse judged : state.uses().values()) {
                Use use = use(state, judged);
                if (expectation.concerns(use, judged.time()) && !expectation.meets(use)) {
                    byDay.computeIfAbsent(judged.time().truncatedTo(ChronoUnit.DAYS), day -> new ArrayList<>())
                            .add(judged);
                }
            }
            byDay.forEach((day, uses) -> {
                uses.sort((left, right) -> {
                    int byTime = left.compareTo(right);
                    return byTime != 0 ? byTime : left.toString().compareTo(right.toString());
                });
                claims.add(conclude(state, reference, expectation, day, uses));
            });
        }
        return claims;
    }

    private static Use use(PrincipalState state, JudgedUse use) {
        return new Use(
                state.account(),
                state.subject(),
                use.action(),
                use.region(),
                use.resources(),
                use.stateMachine(),
                use.executionRole());
    }

    private static Claim conclude(
            PrincipalState state, Reference reference, Expectation expectation, Instant day, List<JudgedUse> uses) {
        boolean machine = state.kind() == Kind.STATE_MACHINE;
        String who = Phrases.principal(state.subject());
        String account = Phrases.account(state.account(), reference.accounts().name(state.account()));
        boolean refused = uses.stream().allMatch(use -> use.errorCode() != null);
        JudgedUse first = uses.get(0);
        Instant last = uses.get(uses.size() - 1).time();
        Set<String> ids = new LinkedHashSet<>();
        Set<String> actions = new LinkedHashSet<>();
        Set<String> regions = new TreeSet<>();
        Set<String> addresses = new TreeSet<>();
        for (JudgedUse use : uses) {
            ids.add(use.eventId());
            actions.add(
                    use.executionRole() == null
                            ? use.action()
                            : "running as " + Phrases.principal(use.executionRole()));
            regions.add(use.region() == null ? "" : use.region());
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
        return new Claim(
                FindingId.of(
                        PrincipalDetector.NAME,
                        "expectation",
                        expectation.name(),
                        state.account(),
                        state.subject(),
                        day.toString().substring(0, 10)),
                new Claim.Detection(
                        PrincipalDetector.NAME,
                        refused ? lower(expectation.severity()) : expectation.severity(),
                        Findings.AUTHOR,
                        first.stateMachine() == null ? List.of("T1078.004") : List.of("T1078.004", "T1648")),
                new Claim.Subject(
                        state.subject(),
                        state.account(),
                        regions.size() == 1
                                ? Novelties.emptyToNull(regions.iterator().next())
                                : null,
                        state.subject()),
                new Claim.Evidence(first.time(), last, ids.stream().toList(), ids.size()),
                new Claim.Words(
                        "Unexpected: " + who + (refused ? " tried " : ": ") + Phrases.list(actions, 2) + on(first)
                                + ", against \"" + name + '"',
                        Novelties.capital(who) + " in account " + account + " did on "
                                + day.toString().substring(0, 10)
                                + " what contradicts the expectation \"" + name + "\""
                                + (refused ? "; AWS refused all of it." : "."),
                        facts,
                        steps(state, expectation, who, machine, first.time(), last)));
    }

    private static List<String> steps(
            PrincipalState state, Expectation expectation, String who, boolean machine, Instant first, Instant last) {
        return List.of(
                "Ask the owner of " + who + " what this was, and the author of the expectation whether it still holds.",
                machine
                        ? Phrases.query(
                                "See what it ran",
                                "event_time, execution_arn, type, resource_type, resource, role_arn, task_role_arn",
                                "executions",
                                first,
                                last,
                                "state_machine_arn",
                                state.subject())
                        : Phrases.query(
                                "See everything it did around then",
                                "event_time, event_source, event_name, aws_region, error_code, source_ip_address,"
                                        + " user_identity_arn",
                                "cloudtrail",
                                first,
                                last,
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

    private static Severity lower(Severity severity) {
        return severity == Severity.INFORMATIONAL ? severity : Severity.values()[severity.ordinal() - 1];
    }
}
