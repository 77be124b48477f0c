package io.trailwarden.detection.principal;

import io.trailwarden.detection.Findings;
import io.trailwarden.detection.SensitiveCalls;
import io.trailwarden.detection.principal.PrincipalKey.Kind;
import io.trailwarden.detection.principal.PrincipalState.FirstUse;
import io.trailwarden.detection.reference.PrincipalSettings;
import io.trailwarden.detection.reference.PrincipalSettings.NewPrincipals;
import io.trailwarden.detection.reference.Reference;
import io.trailwarden.event.Claim;
import io.trailwarden.event.FindingId;
import io.trailwarden.event.Severity;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** What somebody did for the first time after it was known what they do. */
final class Novelties {

    /** Directory and Unknown are how people of a directory and of IAM Identity Center are written before they have a role. */
    private static final Set<String> PEOPLE =
            Set.of("IAMUser", "Root", "FederatedUser", "IdentityCenterUser", "Directory", "Unknown");

    /** One thing used for the first time. */
    record Novelty(String dimension, String name, FirstUse use) implements Comparable<Novelty> {
        @Override
        public int compareTo(Novelty other) {
            int byUse = use.compareTo(other.use);
            int byDimension = byUse != 0 ? byUse : dimension.compareTo(other.dimension);
            return byDimension != 0 ? byDimension : name.compareTo(other.name);
        }
    }

    private Novelties() {}

    static List<Claim> conclude(PrincipalState state, Reference reference) {
        if (PrincipalDetector.isIgnored(state, reference)) {
            return List.of();
        }
        PrincipalSettings settings = reference.principals(state.account());
        List<Claim> claims = new ArrayList<>();
        Instant learned = PrincipalDetector.learnedFrom(state, settings);
        if (learned != null && state.kind() != Kind.ACCOUNT) {
            newUses(state, reference, settings, learned, claims);
        }
        if (!state.full().isEmpty()) {
            claims.add(full(state, reference));
        }
        return claims;
    }

    private static void newUses(
            PrincipalState state,
            Reference reference,
            PrincipalSettings settings,
            Instant learned,
            List<Claim> claims) {
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
            claims.add(newUses(state, reference, learned, day, novelties));
        });
    }

    private static Claim newUses(
            PrincipalState state, Reference reference, Instant learned, Instant day, List<Novelty> novelties) {
        Set<String> ids = new LinkedHashSet<>();
        Set<String> regions = new TreeSet<>();
        for (Novelty novelty : novelties) {
            ids.add(novelty.use().eventId());
            regions.add(novelty.use().region() == null ? "" : novelty.use().region());
        }
        Claim.Evidence evidence = Claim.Evidence.of(
                novelties.get(0).use().time(),
                novelties.get(novelties.size() - 1).use().time(),
                List.copyOf(ids));
        return new Claim(
                FindingId.of(
                        PrincipalDetector.NAME,
                        "new-use",
                        state.account(),
                        state.subject(),
                        day.toString().substring(0, 10)),
                new Claim.Detection(
                        PrincipalDetector.NAME, severity(novelties), Findings.AUTHOR, techniques(novelties)),
                new Claim.Subject(state.subject(), state.account(), only(regions), state.subject()),
                evidence,
                NoveltyWords.newUses(state, reference, learned, novelties, chief(novelties), evidence));
    }

    /** About one principal of an account: a claim if it is new there. */
    static List<Claim> newPrincipal(PrincipalState account, String principal, FirstUse use, Reference reference) {
        PrincipalSettings settings = reference.principals(account.account());
        Instant learned = PrincipalDetector.learnedFrom(account, settings);
        boolean person = use.type() != null && PEOPLE.contains(use.type());
        boolean counts =
                person ? settings.newPrincipals() != NewPrincipals.OFF : settings.newPrincipals() == NewPrincipals.ALL;
        if (!counts
                || learned == null
                || use.time().isBefore(learned)
                || settings.ignore().stream().anyMatch(glob -> glob.matches(principal))) {
            return List.of();
        }
        return List.of(newPrincipal(account, reference, learned, principal, use, person));
    }

    private static Claim newPrincipal(
            PrincipalState state,
            Reference reference,
            Instant learned,
            String principal,
            FirstUse use,
            boolean person) {
        boolean root = "Root".equals(use.type());
        return new Claim(
                FindingId.of(PrincipalDetector.NAME, "new-principal", state.account(), principal),
                new Claim.Detection(
                        PrincipalDetector.NAME,
                        root ? Severity.HIGH : person ? Severity.MEDIUM : Severity.LOW,
                        Findings.AUTHOR,
                        List.of("T1136.003", "T1078.004")),
                new Claim.Subject(principal, state.account(), use.region(), principal),
                new Claim.Evidence(use.time(), use.time(), List.of(use.eventId()), 1),
                NoveltyWords.newPrincipal(state, reference, learned, principal, use));
    }

    private static Claim full(PrincipalState state, Reference reference) {
        Instant since = state.since() == null ? state.newest() : state.since();
        String evidence = state.members() != null
                ? state.members().evidence()
                : state.seen().values().stream()
                        .flatMap(names -> names.values().stream())
                        .min(FirstUse::compareTo)
                        .map(FirstUse::eventId)
                        .orElse("");
        return new Claim(
                FindingId.of(PrincipalDetector.NAME, "full", state.kind().name(), state.account(), state.subject()),
                new Claim.Detection(PrincipalDetector.NAME, Severity.LOW, Findings.AUTHOR, List.of()),
                new Claim.Subject(state.subject(), state.account(), null, state.subject()),
                new Claim.Evidence(since, since, evidence.isEmpty() ? List.of() : List.of(evidence), 1),
                NoveltyWords.full(state, reference));
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

    /** The Region of all, where it is one and known. */
    static @Nullable String only(Set<String> regions) {
        String first = regions.iterator().next();
        return regions.size() > 1 || first.isEmpty() ? null : first;
    }
}
