package io.trailwarden.detection.principal;

import io.trailwarden.detection.Conclusion;
import io.trailwarden.detection.Findings;
import io.trailwarden.detection.Phrases;
import io.trailwarden.detection.SensitiveCalls;
import io.trailwarden.detection.principal.PrincipalState.FirstUse;
import io.trailwarden.detection.principal.PrincipalState.Kind;
import io.trailwarden.detection.reference.PrincipalSettings;
import io.trailwarden.detection.reference.PrincipalSettings.NewPrincipals;
import io.trailwarden.detection.reference.Reference;
import io.trailwarden.event.Finding;
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
import org.jspecify.annotations.Nullable;

/** What somebody did for the first time after it was known what they do. */
final class Novelties {

    private static final int MAX_LISTED = 20;

    /** Directory and Unknown are how people of a directory and of IAM Identity Center are written before they have a role. */
    private static final Set<String> PEOPLE =
            Set.of("IAMUser", "Root", "FederatedUser", "IdentityCenterUser", "Directory", "Unknown");

    /** One thing used for the first time. */
    private record Novelty(String dimension, String name, FirstUse use) implements Comparable<Novelty> {
        @Override
        public int compareTo(Novelty other) {
            int byUse = use.compareTo(other.use);
            int byDimension = byUse != 0 ? byUse : dimension.compareTo(other.dimension);
            return byDimension != 0 ? byDimension : name.compareTo(other.name);
        }
    }

    private Novelties() {}

    static List<Conclusion> conclude(PrincipalState state, Reference reference) {
        if (PrincipalDetector.isIgnored(state, reference)) {
            return List.of();
        }
        PrincipalSettings settings = reference.principals(state.account());
        List<Conclusion> conclusions = new ArrayList<>();
        Instant learned = PrincipalDetector.learnedFrom(state, settings);
        if (learned != null) {
            if (state.kind() == Kind.ACCOUNT) {
                newPrincipals(state, reference, settings, learned, conclusions);
            } else {
                newUses(state, reference, settings, learned, conclusions);
            }
        }
        if (!state.full().isEmpty()) {
            conclusions.add(full(state, reference));
        }
        return conclusions;
    }

    private static void newUses(
            PrincipalState state,
            Reference reference,
            PrincipalSettings settings,
            Instant learned,
            List<Conclusion> conclusions) {
        Map<Instant, List<Novelty>> byDay = new TreeMap<>();
        state.seen()
                .forEach((dimension, names) -> names.forEach((name, use) -> {
                    boolean counts = !use.time().isBefore(learned)
                            && (settings.readOnly() || !use.readOnly() || !dimension.equals(PrincipalDetector.ACTION));
                    if (counts) {
                        byDay.computeIfAbsent(use.time().truncatedTo(ChronoUnit.DAYS), day -> new ArrayList<>())
                                .add(new Novelty(dimension, name, use));
                    }
                }));
        byDay.forEach((day, novelties) -> {
            novelties.sort(null);
            conclusions.add(newUses(state, reference, settings, learned, day, novelties));
        });
    }

    private static Conclusion newUses(
            PrincipalState state,
            Reference reference,
            PrincipalSettings settings,
            Instant learned,
            Instant day,
            List<Novelty> novelties) {
        boolean machine = state.kind() == Kind.STATE_MACHINE;
        String who = Phrases.principal(state.subject());
        Novelty chief = chief(novelties);
        String account = Phrases.account(state.account(), reference.accounts().name(state.account()));
        Instant first = novelties.get(0).use().time();
        Instant last = novelties.get(novelties.size() - 1).use().time();
        Map<String, String> facts = new LinkedHashMap<>();
        facts.put(machine ? "State machine" : "Principal", state.subject());
        facts.put("Account", account);
        facts.put(
                "Learned",
                "from " + state.since() + " for " + Phrases.duration(settings.learning()) + ", until " + learned);
        facts.put("Expected", expected(state, learned));
        facts.put("Seen", Phrases.list(novelties.stream().map(Novelties::seen).toList(), MAX_LISTED));
        Set<String> addresses = new TreeSet<>();
        Set<String> services = new TreeSet<>();
        Set<String> ids = new LinkedHashSet<>();
        Set<String> regions = new TreeSet<>();
        for (Novelty novelty : novelties) {
            ids.add(novelty.use().eventId());
            regions.add(novelty.use().region() == null ? "" : novelty.use().region());
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
        String region = regions.size() == 1 ? regions.iterator().next() : "";
        return new Conclusion(
                FindingId.of(
                        PrincipalDetector.NAME,
                        "new-use",
                        state.account(),
                        state.subject(),
                        day.toString().substring(0, 10)),
                PrincipalDetector.NAME,
                severity(novelties),
                capital(who) + " did something new: " + phrase(chief)
                        + (novelties.size() > 1 ? " and " + (novelties.size() - 1) + " more" : ""),
                capital(who) + " in account " + account + " has been known since " + state.since() + ". On "
                        + day.toString().substring(0, 10) + " it did, for the first time, "
                        + Phrases.count(novelties.size(), "thing") + " that it had not done in its first "
                        + Phrases.duration(settings.learning()) + ".",
                Findings.AUTHOR,
                state.subject(),
                state.account(),
                region.isEmpty() ? null : region,
                state.subject(),
                first,
                last,
                ids.stream().limit(Finding.MAX_EVENT_IDS).toList(),
                ids.size(),
                techniques(novelties),
                facts,
                useSteps(state, who, machine, first, last));
    }

    private static List<String> useSteps(
            PrincipalState state, String who, boolean machine, Instant first, Instant last) {
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

    private static void newPrincipals(
            PrincipalState state,
            Reference reference,
            PrincipalSettings settings,
            Instant learned,
            List<Conclusion> conclusions) {
        if (settings.newPrincipals() == NewPrincipals.OFF) {
            return;
        }
        new TreeMap<>(state.seen().getOrDefault(PrincipalDetector.PRINCIPAL, Map.of())).forEach((principal, use) -> {
            boolean person = use.type() != null && PEOPLE.contains(use.type());
            boolean ignored = settings.ignore().stream().anyMatch(glob -> glob.matches(principal));
            if (!use.time().isBefore(learned)
                    && !ignored
                    && (person || settings.newPrincipals() == NewPrincipals.ALL)) {
                conclusions.add(newPrincipal(state, reference, learned, principal, use, person));
            }
        });
    }

    private static Conclusion newPrincipal(
            PrincipalState state,
            Reference reference,
            Instant learned,
            String principal,
            FirstUse use,
            boolean person) {
        String who = Phrases.principal(principal);
        String account = Phrases.account(state.account(), reference.accounts().name(state.account()));
        boolean root = "Root".equals(use.type());
        Map<String, String> facts = new LinkedHashMap<>();
        facts.put("Principal", principal);
        facts.put("Account", account);
        facts.put("Learned", "the account's principals from " + state.since() + " until " + learned);
        facts.put("Expected", "one of the principals that were active in the account before");
        facts.put("Seen", "first use at " + use.time() + ": " + Phrases.action(use.service(), use.call()) + where(use));
        facts.put("Type", use.type() == null ? "unknown" : use.type());
        return new Conclusion(
                FindingId.of(PrincipalDetector.NAME, "new-principal", state.account(), principal),
                PrincipalDetector.NAME,
                root ? Severity.HIGH : person ? Severity.MEDIUM : Severity.LOW,
                "New in account " + state.account() + ": " + who + " made its first call, "
                        + Phrases.action(use.service(), use.call()),
                capital(who) + " was never seen in account " + account + " before " + use.time()
                        + ", although the account's principals have been known since " + learned + ".",
                Findings.AUTHOR,
                principal,
                state.account(),
                use.region(),
                principal,
                use.time(),
                use.time(),
                List.of(use.eventId()),
                1,
                List.of("T1136.003", "T1078.004"),
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

    private static Conclusion full(PrincipalState state, Reference reference) {
        Map<String, String> facts = new LinkedHashMap<>();
        facts.put("Subject", state.subject());
        facts.put(
                "Account", Phrases.account(state.account(), reference.accounts().name(state.account())));
        facts.put(
                "Expected",
                "at most " + PrincipalDetector.MAX_NAMES + " names of each kind, and " + PrincipalDetector.MAX_USES
                        + " uses a day that expectations speak about");
        facts.put("Seen", "more of: " + String.join(", ", state.full()));
        Instant since = state.since() == null ? state.newest() : state.since();
        String evidence = state.seen().values().stream()
                .flatMap(names -> names.values().stream())
                .min(FirstUse::compareTo)
                .map(FirstUse::eventId)
                .orElse("");
        return new Conclusion(
                FindingId.of(PrincipalDetector.NAME, "full", state.kind().name(), state.account(), state.subject()),
                PrincipalDetector.NAME,
                Severity.LOW,
                "Too much to remember about " + Phrases.principal(state.subject()) + ": new uses go unnoticed",
                capital(Phrases.principal(state.subject()))
                        + " used more different things than are remembered. What is new about it beyond that is not"
                        + " noticed any more.",
                Findings.AUTHOR,
                state.subject(),
                state.account(),
                null,
                state.subject(),
                since,
                since,
                evidence.isEmpty() ? List.of() : List.of(evidence),
                1,
                List.of(),
                facts,
                List.of(
                        "If it is a tool that calls everything (an inventory, a scanner), put it on the list of ignored"
                                + " principals: setting unexpected-principal, ignore.",
                        "If it is not, find out why it tries so many different calls: that is how permissions are"
                                + " searched."));
    }

    /** The rule is in {@code docs/reference/detections.md}. */
    private static Severity severity(List<Novelty> novelties) {
        Severity severity = Severity.LOW;
        for (Novelty novelty : novelties) {
            Severity own = severity(novelty);
            severity = own.compareTo(severity) > 0 ? own : severity;
        }
        return severity;
    }

    private static Severity severity(Novelty novelty) {
        FirstUse use = novelty.use();
        return switch (novelty.dimension()) {
            case PrincipalDetector.EXECUTION_ROLE, PrincipalDetector.TASK_ROLE -> Severity.HIGH;
            case PrincipalDetector.REGION, PrincipalDetector.STATE_MACHINE ->
                use.errorCode() == null ? Severity.MEDIUM : Severity.LOW;
            default -> {
                if (SensitiveCalls.changesControl(use.service(), use.readOnly(), use.errorCode())) {
                    yield Severity.HIGH;
                }
                yield use.readOnly() || use.errorCode() != null ? Severity.LOW : Severity.MEDIUM;
            }
        };
    }

    /** The novelty for the title: the worst one, and of several the first. */
    private static Novelty chief(List<Novelty> novelties) {
        Novelty chief = novelties.get(0);
        for (Novelty novelty : novelties) {
            int worse = severity(novelty).compareTo(severity(chief));
            chief = worse > 0 ? novelty : chief;
        }
        return chief;
    }

    private static List<String> techniques(List<Novelty> novelties) {
        Set<String> techniques = new LinkedHashSet<>();
        techniques.add("T1078.004");
        for (Novelty novelty : novelties) {
            switch (novelty.dimension()) {
                case PrincipalDetector.REGION -> techniques.add("T1535");
                case PrincipalDetector.EXECUTION_ROLE, PrincipalDetector.TASK_ROLE, PrincipalDetector.STATE_MACHINE ->
                    techniques.add("T1648");
                default -> {
                    // an action alone names no technique
                }
            }
        }
        return List.copyOf(techniques);
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

    static String capital(String text) {
        return text.isEmpty() ? text : Character.toUpperCase(text.charAt(0)) + text.substring(1);
    }

    static @Nullable String emptyToNull(String text) {
        return text.isEmpty() ? null : text;
    }
}
