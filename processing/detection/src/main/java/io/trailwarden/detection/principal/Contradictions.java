package io.trailwarden.detection.principal;

import io.trailwarden.detection.Findings;
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
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/** Uses that contradict what somebody wrote down, one claim per expectation, principal, account and day. */
final class Contradictions {

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
        JudgedUse first = uses.get(0);
        Instant last = uses.get(uses.size() - 1).time();
        Set<String> ids = new LinkedHashSet<>();
        Set<String> regions = new TreeSet<>();
        for (JudgedUse use : uses) {
            ids.add(use.eventId());
            regions.add(use.region() == null ? "" : use.region());
        }
        Claim.Evidence evidence = Claim.Evidence.of(first.time(), last, List.copyOf(ids));
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
                        refused(uses) ? lower(expectation.severity()) : expectation.severity(),
                        Findings.AUTHOR,
                        first.stateMachine() == null ? List.of("T1078.004") : List.of("T1078.004", "T1648")),
                new Claim.Subject(state.subject(), state.account(), Novelties.only(regions), state.subject()),
                evidence,
                ContradictionWords.of(state, reference, expectation, uses, evidence));
    }

    /** Whether AWS refused all of them. */
    static boolean refused(List<JudgedUse> uses) {
        return uses.stream().allMatch(use -> use.errorCode() != null);
    }

    private static Severity lower(Severity severity) {
        return severity == Severity.INFORMATIONAL ? severity : Severity.values()[severity.ordinal() - 1];
    }
}
