package io.trailwarden.detection.organization;

import io.trailwarden.detection.Findings;
import io.trailwarden.detection.SensitiveCalls;
import io.trailwarden.detection.organization.OrganizationState.Deed;
import io.trailwarden.detection.organization.OrganizationState.Source;
import io.trailwarden.detection.reference.AccountDirectory.Standing;
import io.trailwarden.detection.reference.OrganizationSettings;
import io.trailwarden.detection.reference.OrganizationSettings.ReachingOut;
import io.trailwarden.detection.reference.Reference;
import io.trailwarden.event.Claim;
import io.trailwarden.event.FindingId;
import io.trailwarden.event.Severity;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Says what one key's memory means under the directory as it is now. */
final class Outsiders {

    /** The longest that a role session lasts (IAM user guide, "Maximum session duration"). */
    static final Duration LONGEST_SESSION = Duration.ofHours(12);
    /** How far the clocks of STS and of another service may differ. */
    private static final Duration CLOCKS = Duration.ofMinutes(1);

    private Outsiders() {}

    static List<Claim> conclude(OrganizationState state, Reference reference, int round, int rounds) {
        Claim claim =
                switch (state.kind()) {
                    case SESSION -> session(state, reference, round, rounds);
                    case SESSION_ARN -> sessionByArn(state, reference);
                    case SIGHTING -> sighting(state, reference);
                    case REACH -> reach(state, reference);
                    case DIRECTORY -> directory(state, reference);
                };
        return claim == null ? List.of() : List.of(claim);
    }

    private static Standing standing(Reference reference, String local, String account, Instant at) {
        if (reference.organization(local).awsAccounts().contains(account)) {
            return Standing.AWS;
        }
        return reference.accounts().standing(account, at);
    }

    /** The earliest way in which a stranger came by this session; null when there is none. */
    private static @Nullable Source stranger(OrganizationState state, Reference reference) {
        if (state.sources().isEmpty()) {
            return null;
        }
        return state.sources().stream()
                .filter(source ->
                        standing(reference, state.account(), source.account(), source.time()) == Standing.OUTSIDE)
                .min(Comparator.comparing(Source::time)
                        .thenComparing(Source::eventId)
                        .thenComparing(source -> source.path().toString()))
                .orElse(null);
    }

    private static @Nullable Claim session(OrganizationState state, Reference reference, int round, int rounds) {
        Source source = stranger(state, reference);
        // A further session that did nothing is told by the finding of the session that took it.
        if (source == null
                || round > 1 && (state.parents().isEmpty() || state.deeds().isEmpty())) {
            return null;
        }
        String id = round == 1
                ? FindingId.of(OrganizationDetector.NAME, "session", state.subject())
                : FindingId.of(OrganizationDetector.NAME, "session", state.subject(), "chained");
        return session(state, reference, source, id, state.deeds(), round == rounds);
    }

    private static @Nullable Claim sessionByArn(OrganizationState state, Reference reference) {
        Source source = stranger(state, reference);
        if (source == null) {
            return null;
        }
        // One session's name is used again and again; only calls after a stranger took it, and before it ended, are
        // his.
        List<Deed> deeds = state.deeds().stream()
                .filter(deed -> state.sources().stream()
                        .filter(each ->
                                standing(reference, state.account(), each.account(), each.time()) == Standing.OUTSIDE)
                        .anyMatch(each -> !deed.time().isBefore(each.time().minus(CLOCKS))
                                && deed.time().isBefore(each.time().plus(LONGEST_SESSION))))
                .toList();
        if (deeds.isEmpty()) {
            return null;
        }
        String id = FindingId.of(
                OrganizationDetector.NAME,
                "session-arn",
                state.subject(),
                deeds.get(0).time().toString().substring(0, 10));
        return session(state, reference, source, id, deeds, false);
    }

    private static Claim session(
            OrganizationState state,
            Reference reference,
            Source source,
            String id,
            List<Deed> deeds,
            boolean isLastRound) {
        Set<String> ids = new LinkedHashSet<>();
        Instant first = source.time();
        Instant last = source.time();
        ids.add(source.eventId());
        for (Deed deed : deeds) {
            ids.add(deed.eventId());
            first = deed.time().isBefore(first) ? deed.time() : first;
            last = deed.time().isAfter(last) ? deed.time() : last;
        }
        Claim.Evidence evidence = Claim.Evidence.of(first, last, List.copyOf(ids));
        return new Claim(
                id,
                new Claim.Detection(
                        OrganizationDetector.NAME,
                        sessionSeverity(deeds),
                        Findings.AUTHOR,
                        source.path().isEmpty()
                                ? List.of("T1199", "T1078.004")
                                : List.of("T1199", "T1078.004", "T1550.001")),
                new Claim.Subject("session " + state.subject(), state.account(), region(deeds), source.principal()),
                evidence,
                OutsiderWords.session(state, reference, source, deeds, isLastRound, evidence));
    }

    private static @Nullable Claim sighting(OrganizationState state, Reference reference) {
        boolean anonymous = state.subject().equals(OrganizationSignals.ANONYMOUS);
        OrganizationSettings settings = reference.organization(state.account());
        List<Deed> deeds = state.deeds().stream()
                .filter(deed -> anonymous
                        ? settings.anonymous()
                        : standing(reference, state.account(), state.subject(), deed.time()) == Standing.OUTSIDE)
                .toList();
        if (deeds.isEmpty()) {
            return null;
        }
        String day = deeds.get(0).time().toString().substring(0, 10);
        return new Claim(
                FindingId.of(OrganizationDetector.NAME, "sighting", state.subject(), state.account(), day),
                new Claim.Detection(
                        OrganizationDetector.NAME,
                        sightingSeverity(deeds, anonymous),
                        Findings.AUTHOR,
                        List.of("T1199")),
                new Claim.Subject(
                        (anonymous ? "anonymous" : "account " + state.subject()) + " in account " + state.account(),
                        state.account(),
                        region(deeds),
                        principals(deeds).iterator().next()),
                evidence(deeds),
                OutsiderWords.sighting(state, reference, deeds));
    }

    private static @Nullable Claim reach(OrganizationState state, Reference reference) {
        ReachingOut wanted = reference.organization(state.account()).reachingOut();
        List<Deed> deeds = state.deeds().stream()
                .filter(deed -> wanted == ReachingOut.ALL || wanted == ReachingOut.WRITES && !isRead(deed))
                .filter(deed -> standing(reference, state.account(), state.subject(), deed.time()) == Standing.OUTSIDE)
                .toList();
        if (deeds.isEmpty()) {
            return null;
        }
        String day = deeds.get(0).time().toString().substring(0, 10);
        boolean changes = deeds.stream().anyMatch(deed -> !isRead(deed) && deed.errorCode() == null);
        return new Claim(
                FindingId.of(OrganizationDetector.NAME, "reach", state.subject(), state.account(), day),
                new Claim.Detection(
                        OrganizationDetector.NAME,
                        changes ? Severity.MEDIUM : Severity.LOW,
                        Findings.AUTHOR,
                        List.of("T1537")),
                new Claim.Subject(
                        "account " + state.account() + " using account " + state.subject(),
                        state.account(),
                        region(deeds),
                        principals(deeds).iterator().next()),
                evidence(deeds),
                OutsiderWords.reach(state, reference, deeds));
    }

    private static @Nullable Claim directory(OrganizationState state, Reference reference) {
        if (reference.accounts().known()) {
            return null;
        }
        List<Deed> deeds = state.deeds();
        return new Claim(
                FindingId.of(OrganizationDetector.NAME, "directory-unknown"),
                new Claim.Detection(OrganizationDetector.NAME, Severity.MEDIUM, Findings.AUTHOR, List.of()),
                Claim.Subject.named("directory of accounts"),
                evidence(deeds),
                OutsiderWords.directory(deeds));
    }

    /** The rules of severity are in {@code docs/reference/detections.md}. */
    private static Severity sessionSeverity(List<Deed> deeds) {
        if (deeds.stream()
                .anyMatch(deed -> SensitiveCalls.changesControl(deed.service(), deed.readOnly(), deed.errorCode()))) {
            return Severity.CRITICAL;
        }
        return deeds.isEmpty() ? Severity.MEDIUM : Severity.HIGH;
    }

    private static Severity sightingSeverity(List<Deed> deeds, boolean anonymous) {
        boolean changes = deeds.stream().anyMatch(deed -> !deed.readOnly() && deed.errorCode() == null);
        if (changes) {
            return Severity.HIGH;
        }
        boolean atEndpoint = deeds.stream().anyMatch(deed -> deed.via() != null);
        return !anonymous && (atEndpoint || succeeded(deeds)) ? Severity.MEDIUM : Severity.LOW;
    }

    static boolean succeeded(List<Deed> deeds) {
        return deeds.stream().anyMatch(deed -> deed.errorCode() == null);
    }

    /** Taking a role is read-only to CloudTrail, but it is reaching out. */
    private static boolean isRead(Deed deed) {
        return deed.readOnly() && (deed.call() == null || !deed.call().startsWith("AssumeRole"));
    }

    static Set<String> principals(Collection<Deed> deeds) {
        Set<String> principals = new TreeSet<>();
        deeds.forEach(deed -> principals.add(deed.principal() == null ? "unknown" : deed.principal()));
        return principals;
    }

    /** These deeds, which are in order of time. */
    static Claim.Evidence evidence(List<Deed> deeds) {
        return Claim.Evidence.of(
                deeds.get(0).time(),
                deeds.get(deeds.size() - 1).time(),
                deeds.stream().map(Deed::eventId).distinct().toList());
    }

    private static @Nullable String region(List<Deed> deeds) {
        Set<String> regions = new TreeSet<>();
        deeds.forEach(deed -> regions.add(deed.region() == null ? "" : deed.region()));
        return regions.size() == 1 && !regions.contains("") ? regions.iterator().next() : null;
    }
}
