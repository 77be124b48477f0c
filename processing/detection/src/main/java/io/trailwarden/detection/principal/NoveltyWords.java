package io.trailwarden.detection.principal;

import io.trailwarden.detection.Phrases;
import io.trailwarden.detection.principal.Novelties.Novelty;
import io.trailwarden.detection.principal.PrincipalKey.Kind;
import io.trailwarden.detection.principal.PrincipalState.FirstUse;
import io.trailwarden.detection.reference.PrincipalSettings;
import io.trailwarden.detection.reference.Reference;
import io.trailwarden.event.Claim;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/** What is said of things done for the first time. */
final class NoveltyWords {

    private static final int MAX_LISTED = 20;

    private NoveltyWords() {}

    /** About what one principal did for the first time on one day; {@code chief} is named first. */
    static Claim.Words newUses(
            PrincipalState state,
            Reference reference,
            Instant learned,
            List<Novelty> novelties,
            Novelty chief,
            Claim.Evidence evidence) {
        PrincipalSettings settings = reference.principals(state.account());
        boolean machine = state.kind() == Kind.STATE_MACHINE;
        String who = Phrases.principal(state.subject());
        String account = Phrases.account(state.account(), reference.accounts().name(state.account()));
        Map<String, String> facts = new LinkedHashMap<>();
        facts.put(machine ? "State machine" : "Principal", state.subject());
        facts.put("Account", account);
        facts.put(
                "Learned",
                "from " + state.since() + " for " + Phrases.duration(settings.learning()) + ", until " + learned);
        facts.put("Expected", expected(state, learned));
        facts.put(
                "Seen", Phrases.list(novelties.stream().map(NoveltyWords::seen).toList(), MAX_LISTED));
        Set<String> addresses = new TreeSet<>();
        Set<String> services = new TreeSet<>();
        for (Novelty novelty : novelties) {
            if (novelty.use().sourceAddress() != null) {
                addresses.add(novelty.use().sourceAddress());
            }
            if (novelty.use().invokedBy() != null) {
                services.add(novelty.use().invokedBy());
            }
        }
        if (!addresses.isEmpty()) {
            facts.put("From", Phrases.list(addresses, MAX_LISTED));
        }
        if (!services.isEmpty()) {
            facts.put("Through AWS service", Phrases.list(services, MAX_LISTED));
        }
        return new Claim.Words(
                Phrases.capital(who) + " did something new: " + phrase(chief)
                        + (novelties.size() > 1 ? " and " + (novelties.size() - 1) + " more" : ""),
                Phrases.capital(who) + " in account " + account + " has been known since " + state.since() + ". On "
                        + evidence.first().toString().substring(0, 10) + " it did, for the first time, "
                        + Phrases.count(novelties.size(), "thing") + " that it had not done in its first "
                        + Phrases.duration(settings.learning()) + ".",
                facts,
                useSteps(state, who, evidence));
    }

    private static List<String> useSteps(PrincipalState state, String who, Claim.Evidence evidence) {
        boolean machine = state.kind() == Kind.STATE_MACHINE;
        List<String> steps = new ArrayList<>();
        steps.add(
                machine
                        ? "Compare with the last change of " + who
                                + ": who updated its definition or role, and was it reviewed?"
                        : "Ask the owner of " + who + " whether this was planned: a release, a new task, a migration.");
        steps.add(
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
                                state.subject()));
        steps.add(
                machine
                        ? "If nobody planned it: put the last reviewed definition and role back, and stop running"
                                + " executions."
                        : "If nobody planned it: end its sessions (a role: Revoke sessions in the IAM console; a user:"
                                + " deactivate its access keys), then look at what it created.");
        steps.add("If it is right, nothing is to be done: it is known from now on.");
        return steps;
    }

    /** About a principal that was never seen before in an account. */
    static Claim.Words newPrincipal(
            PrincipalState state, Reference reference, Instant learned, String principal, FirstUse use) {
        String who = Phrases.principal(principal);
        String account = Phrases.account(state.account(), reference.accounts().name(state.account()));
        Map<String, String> facts = new LinkedHashMap<>();
        facts.put("Principal", principal);
        facts.put("Account", account);
        facts.put("Learned", "the account's principals from " + state.since() + " until " + learned);
        facts.put("Expected", "one of the principals that were active in the account before");
        facts.put("Seen", "first use at " + use.time() + ": " + Phrases.action(use.service(), use.call()) + where(use));
        facts.put("Type", use.type() == null ? "unknown" : use.type());
        return new Claim.Words(
                "New in account " + state.account() + ": " + who + " made its first call, "
                        + Phrases.action(use.service(), use.call()),
                Phrases.capital(who) + " was never seen in account " + account + " before " + use.time()
                        + ", although the account's principals have been known since " + learned + ".",
                facts,
                List.of(
                        "Find out who created " + who
                                + " and why (iam:CreateUser or iam:CreateRole in the days before).",
                        Phrases.query(
                                "See what it did since",
                                "event_time, event_source, event_name, aws_region, error_code, source_ip_address",
                                "cloudtrail",
                                use.time(),
                                use.time().plus(1, ChronoUnit.DAYS),
                                "recipient_account_id",
                                state.account(),
                                "actor_key",
                                principal),
                        "If nobody knows it: deactivate its credentials.",
                        "If new principals are everyday business here: setting unexpected-principal, newPrincipals: off,"
                                + " for this account."));
    }

    /** About a principal that used more than is remembered. */
    static Claim.Words full(PrincipalState state, Reference reference) {
        Map<String, String> facts = new LinkedHashMap<>();
        facts.put("Subject", state.subject());
        facts.put(
                "Account", Phrases.account(state.account(), reference.accounts().name(state.account())));
        facts.put(
                "Expected",
                "at most " + PrincipalDetector.MAX_NAMES + " names of each kind, and " + PrincipalDetector.MAX_USES
                        + " uses a day that expectations speak about");
        facts.put("Seen", "more of: " + String.join(", ", state.full()));
        return new Claim.Words(
                "Too much to remember about " + Phrases.principal(state.subject()) + ": new uses go unnoticed",
                Phrases.capital(Phrases.principal(state.subject()))
                        + " used more different things than are remembered. What is new about it beyond that is not"
                        + " noticed any more.",
                facts,
                List.of(
                        "If it is a tool that calls everything (an inventory, a scanner), put it on the list of ignored"
                                + " principals: setting unexpected-principal, ignore.",
                        "If it is not, find out why it tries so many different calls: that is how permissions are"
                                + " searched."));
    }

    private static String expected(PrincipalState state, Instant learned) {
        List<String> parts = new ArrayList<>();
        new TreeMap<>(state.seen()).forEach((dimension, names) -> {
            TreeSet<String> known = new TreeSet<>();
            names.forEach((name, use) -> {
                if (use.time().isBefore(learned)) {
                    known.add(dimension.equals(PrincipalDetector.STATE_MACHINE) ? Phrases.principal(name) : name);
                }
            });
            if (!known.isEmpty()) {
                parts.add(Phrases.count(known.size(), noun(dimension)) + " (" + Phrases.list(known, 8) + ')');
            }
        });
        return parts.isEmpty() ? "nothing else" : "only what it did until then: " + String.join("; ", parts);
    }

    private static String noun(String dimension) {
        return switch (dimension) {
            case PrincipalDetector.REGION -> "Region";
            case PrincipalDetector.STATE_MACHINE -> "state machine";
            case PrincipalDetector.EXECUTION_ROLE -> "execution role";
            case PrincipalDetector.TASK_ROLE -> "task role";
            default -> dimension;
        };
    }

    private static String phrase(Novelty novelty) {
        return switch (novelty.dimension()) {
            case PrincipalDetector.REGION -> "it used Region " + novelty.name();
            case PrincipalDetector.STATE_MACHINE ->
                Phrases.action(novelty.use().service(), novelty.use().call()) + " on "
                        + Phrases.principal(novelty.name());
            case PrincipalDetector.EXECUTION_ROLE -> "it ran as " + Phrases.principal(novelty.name());
            case PrincipalDetector.TASK_ROLE -> "a task took " + Phrases.principal(novelty.name());
            default -> novelty.name();
        };
    }

    private static String seen(Novelty novelty) {
        return phrase(novelty) + " at " + novelty.use().time() + where(novelty.use());
    }

    private static String where(FirstUse use) {
        return (use.region() == null ? "" : " in " + use.region())
                + (use.errorCode() == null ? "" : " (refused: " + use.errorCode() + ')');
    }
}
