package io.trailwarden.detection.organization;

import io.trailwarden.detection.Findings;
import io.trailwarden.detection.Phrases;
import io.trailwarden.detection.SensitiveCalls;
import io.trailwarden.detection.organization.OrganizationKey.Kind;
import io.trailwarden.detection.organization.OrganizationState.Child;
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
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Says what one key's memory means under the directory as it is now. */
final class Outsiders {

    private static final int MAX_LISTED = 30;
    /** The longest that a role session lasts (IAM user guide, "Maximum session duration"). */
    private static final Duration LONGEST_SESSION = Duration.ofHours(12);
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
        return state.sources().values().stream()
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
                .filter(deed -> state.sources().values().stream()
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
        String account = state.account();
        String role = source.roleArn() == null ? "unknown" : source.roleArn();
        boolean isChained = !source.path().isEmpty();
        String outside = outsideAccount(source.account(), reference);
        String session = state.sessionArn() == null ? state.subject() : state.sessionArn();
        Map<String, String> facts = new LinkedHashMap<>();
        facts.put("Outside account", outside + ": " + reference.accounts().describe(source.account()));
        facts.put("Caller", source.principal());
        facts.put("Role taken", role);
        facts.put("Session", session);
        if (state.kind() == Kind.SESSION) {
            facts.put("Access key", state.subject());
        }
        if (isChained) {
            facts.put(
                    "Way",
                    source.account() + " → " + Phrases.principal(role) + " → session "
                            + String.join(" → session ", source.path()) + " → this session");
        }
        facts.put(
                "Expected",
                "only accounts of the organization, and its partners, take roles in account "
                        + Phrases.account(account, reference.accounts().name(account)) + " (the directory holds "
                        + Phrases.count(reference.accounts().size(), "account") + ")");
        facts.put(
                "Seen",
                "role taken at " + source.time() + from(source.sourceAddress()) + "; "
                        + (deeds.isEmpty() ? "no call with it so far" : calls(deeds, state.more()) + " with it"));
        if (!deeds.isEmpty()) {
            facts.put("Calls", list(deeds));
            facts.put("From", Phrases.list(addresses(deeds), MAX_LISTED));
        }
        if (!state.children().isEmpty()) {
            List<String> further = new ArrayList<>();
            for (Map.Entry<String, Child> child : new TreeMap<>(state.children()).entrySet()) {
                String taken = child.getValue().roleArn();
                further.add((taken == null ? "unknown" : Phrases.principal(taken)) + " as " + child.getKey());
            }
            facts.put(
                    isLastRound ? "Further sessions, not followed" : "Further sessions",
                    Phrases.list(further, MAX_LISTED));
        }
        Set<String> ids = new LinkedHashSet<>();
        Instant first = source.time();
        Instant last = source.time();
        ids.add(source.eventId());
        for (Deed deed : deeds) {
            ids.add(deed.eventId());
            first = deed.time().isBefore(first) ? deed.time() : first;
            last = deed.time().isAfter(last) ? deed.time() : last;
        }
        List<String> steps = new ArrayList<>();
        steps.add(
                "Decide whether account " + source.account() + " is meant to have access. If it is a partner, add it to"
                        + " the directory (kind ACCOUNT, relation partner, with a date until which it holds): this finding is"
                        + " then withdrawn.");
        steps.add("If it is not: remove it from the trust policy of " + Phrases.principal(role)
                + ", then revoke the role's active sessions (IAM console: role, Revoke sessions).");
        steps.add(
                state.kind() == Kind.SESSION
                        ? query(first, last, "user_identity_access_key_id", state.subject())
                        : query(first, last, "user_identity_arn", state.subject()));
        steps.add("So that it cannot happen again: require aws:PrincipalOrgID for sts:AssumeRole in a resource control"
                + " policy or in trust policies (StringNotEqualsIfExists, together with BoolIfExists"
                + " aws:PrincipalIsAWSService false).");
        return new Claim(
                id,
                new Claim.Detection(
                        OrganizationDetector.NAME,
                        sessionSeverity(deeds),
                        Findings.AUTHOR,
                        isChained ? List.of("T1199", "T1078.004", "T1550.001") : List.of("T1199", "T1078.004")),
                new Claim.Subject("session " + state.subject(), account, region(deeds), source.principal()),
                new Claim.Evidence(first, last, ids.stream().toList(), ids.size()),
                new Claim.Words(
                        "Account " + source.account() + ", outside the organization, "
                                + (isChained ? "took a further role from " : "took ") + Phrases.principal(role)
                                + (deeds.isEmpty() ? "" : ": " + summary(deeds, state.more())),
                        "A principal of account " + outside
                                + ", which does not belong to the organization and is no partner, took "
                                + role + " in account "
                                + Phrases.account(account, reference.accounts().name(account)) + " at "
                                + source.time() + from(source.sourceAddress()) + ". "
                                + (isChained ? "From that session it took others, and this is one of them. " : "")
                                + (deeds.isEmpty()
                                        ? "No call of the session has been seen so far."
                                        : "Records of the session's calls name the local role only; they are tied to the stranger"
                                                + " by the session's "
                                                + (state.kind() == Kind.SESSION ? "access key" : "ARN and time") + "."),
                        facts,
                        steps));
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
        String who = anonymous ? "Somebody anonymous" : "Account " + outsideAccount(state.subject(), reference);
        String day = deeds.get(0).time().toString().substring(0, 10);
        Map<String, String> facts = new LinkedHashMap<>();
        facts.put(
                "Outside account",
                anonymous
                        ? "none: the calls were not signed"
                        : outsideAccount(state.subject(), reference) + ": "
                                + reference.accounts().describe(state.subject()));
        facts.put("Callers", Phrases.list(principals(deeds), MAX_LISTED));
        facts.put(
                "Expected",
                "calls in account "
                        + Phrases.account(state.account(), reference.accounts().name(state.account()))
                        + " come from the organization and its partners");
        facts.put("Seen", calls(deeds, state.more()) + " on " + day);
        facts.put("Calls", list(deeds));
        facts.put("From", Phrases.list(addresses(deeds), MAX_LISTED));
        Set<String> endpoints = new TreeSet<>();
        deeds.forEach(deed -> {
            if (deed.via() != null) {
                endpoints.add(deed.via());
            }
        });
        if (!endpoints.isEmpty()) {
            facts.put("Through VPC endpoint", Phrases.list(endpoints, MAX_LISTED));
        }
        List<String> steps = new ArrayList<>();
        if (!endpoints.isEmpty()) {
            steps.add("Find the machine behind the source address: inside your network somebody uses credentials of"
                    + " another organization, which is how data is carried out.");
        }
        if (anonymous) {
            steps.add("Check whether these resources are meant to be public; if not, turn on S3 Block Public Access. If"
                    + " they are, switch this off for the account (setting outside-organization, anonymous: false).");
        } else {
            steps.add("Decide whether account " + state.subject()
                    + " is meant to call here. If it is a partner, add it to"
                    + " the directory (kind ACCOUNT, relation partner): this finding is then withdrawn.");
            steps.add("If it is not: remove it from the resource policies and grants of what it called.");
        }
        steps.add(query(first(deeds), last(deeds), "user_identity_account_id", state.subject()));
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
                new Claim.Evidence(
                        first(deeds), last(deeds), ids(deeds), ids(deeds).size()),
                new Claim.Words(
                        who + (anonymous ? "" : ", outside the organization,") + " called "
                                + summary(deeds, state.more()),
                        who
                                + (anonymous
                                        ? " (without credentials)"
                                        : ", which does not belong to the organization and is no partner,")
                                + " made " + calls(deeds, state.more()) + " that account "
                                + Phrases.account(
                                        state.account(), reference.accounts().name(state.account()))
                                + " recorded on " + day + "; "
                                + (succeeded(deeds) ? "not all of them were refused." : "all of them were refused."),
                        facts,
                        steps));
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
        String outside = outsideAccount(state.subject(), reference);
        Set<String> resources = new TreeSet<>();
        deeds.forEach(deed -> {
            if (deed.resource() != null) {
                resources.add(deed.resource());
            }
        });
        Map<String, String> facts = new LinkedHashMap<>();
        facts.put("Outside account", outside + ": " + reference.accounts().describe(state.subject()));
        facts.put("Its resources", resources.isEmpty() ? "not named" : Phrases.list(resources, MAX_LISTED));
        facts.put("Our callers", Phrases.list(principals(deeds), MAX_LISTED));
        facts.put("Expected", "what we use belongs to the organization, to partners or to AWS");
        facts.put("Seen", calls(deeds, state.more()) + " on " + day);
        facts.put("Calls", list(deeds));
        boolean changes = deeds.stream().anyMatch(deed -> !isRead(deed) && deed.errorCode() == null);
        List<String> steps = new ArrayList<>();
        steps.add("Ask the owner of "
                + Phrases.principal(principals(deeds).iterator().next()) + " what it does with account "
                + state.subject() + ".");
        steps.add(
                "If the account is a partner's, add it to the directory (relation partner); if it belongs to AWS, to the"
                        + " setting outside-organization, awsAccounts. This finding is then withdrawn.");
        steps.add("If nobody knows it: data or code may be leaving. Restrict where the role may go with the condition"
                + " aws:ResourceOrgID.");
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
                new Claim.Evidence(
                        first(deeds), last(deeds), ids(deeds), ids(deeds).size()),
                new Claim.Words(
                        Phrases.principal(principals(deeds).iterator().next()) + " used resources of account "
                                + state.subject() + ", outside the organization: " + summary(deeds, state.more()),
                        "Account "
                                + Phrases.account(
                                        state.account(), reference.accounts().name(state.account()))
                                + " made " + calls(deeds, state.more()) + " on " + day
                                + " that touched resources of account " + outside
                                + ", which does not belong to the organization and is no partner.",
                        facts,
                        steps));
    }

    private static @Nullable Claim directory(OrganizationState state, Reference reference) {
        if (reference.accounts().known()) {
            return null;
        }
        List<Deed> deeds = state.deeds();
        Set<String> accounts = principals(deeds);
        Map<String, String> facts = new LinkedHashMap<>();
        facts.put("Expected", "a directory of the organization's accounts on the reference topic");
        facts.put("Seen", "no account of the organization in it");
        facts.put("Other accounts seen", Phrases.list(accounts, MAX_LISTED));
        return new Claim(
                FindingId.of(OrganizationDetector.NAME, "directory-unknown"),
                new Claim.Detection(OrganizationDetector.NAME, Severity.MEDIUM, Findings.AUTHOR, List.of()),
                Claim.Subject.named("directory of accounts"),
                new Claim.Evidence(
                        first(deeds), last(deeds), ids(deeds), ids(deeds).size()),
                new Claim.Words(
                        "Organization unknown: " + Phrases.count(accounts.size(), "other account")
                                + " cannot be judged",
                        "Calls between accounts were seen, but no account of the organization is known. Until it is, nobody can be"
                                + " told from a stranger, and this one finding stands for all of them.",
                        facts,
                        List.of(
                                "Add the organization's accounts to the configuration (reference data, kind ACCOUNT), or let the"
                                        + " ingester read them from AWS Organizations.",
                                "Everything that is still remembered is judged as soon as they are known; this finding is then"
                                        + " withdrawn.")));
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

    private static boolean succeeded(List<Deed> deeds) {
        return deeds.stream().anyMatch(deed -> deed.errorCode() == null);
    }

    /** Taking a role is read-only to CloudTrail, but it is reaching out. */
    private static boolean isRead(Deed deed) {
        return deed.readOnly() && (deed.call() == null || !deed.call().startsWith("AssumeRole"));
    }

    private static String calls(List<Deed> deeds, boolean more) {
        return more ? deeds.size() + " calls and more" : Phrases.count(deeds.size(), "call");
    }

    private static String summary(List<Deed> deeds, boolean more) {
        Set<String> actions = new LinkedHashSet<>();
        deeds.forEach(deed -> actions.add(Phrases.action(deed.service(), deed.call())));
        return Phrases.list(actions, 2) + (more ? ", and more" : "");
    }

    private static String list(List<Deed> deeds) {
        return Phrases.list(
                deeds.stream()
                        .map(deed -> deed.time() + " " + Phrases.action(deed.service(), deed.call())
                                + (deed.region() == null ? "" : " in " + deed.region())
                                + (deed.errorCode() == null ? "" : " (" + deed.errorCode() + ')'))
                        .toList(),
                MAX_LISTED);
    }

    private static Set<String> addresses(List<Deed> deeds) {
        Set<String> addresses = new TreeSet<>();
        deeds.forEach(deed -> addresses.add(deed.sourceAddress() == null ? "unknown" : deed.sourceAddress()));
        return addresses;
    }

    private static Set<String> principals(Collection<Deed> deeds) {
        Set<String> principals = new TreeSet<>();
        deeds.forEach(deed -> principals.add(deed.principal() == null ? "unknown" : deed.principal()));
        return principals;
    }

    private static List<String> ids(List<Deed> deeds) {
        return deeds.stream().map(Deed::eventId).distinct().toList();
    }

    private static Instant first(List<Deed> deeds) {
        return deeds.get(0).time();
    }

    private static Instant last(List<Deed> deeds) {
        return deeds.get(deeds.size() - 1).time();
    }

    private static @Nullable String region(List<Deed> deeds) {
        Set<String> regions = new TreeSet<>();
        deeds.forEach(deed -> regions.add(deed.region() == null ? "" : deed.region()));
        return regions.size() == 1 && !regions.contains("") ? regions.iterator().next() : null;
    }

    private static String outsideAccount(String account, Reference reference) {
        return Phrases.account(account, reference.accounts().name(account));
    }

    private static String from(@Nullable String address) {
        return address == null ? "" : " from " + address;
    }

    private static String query(Instant first, Instant last, String column, String value) {
        return Phrases.query(
                "See all of its calls",
                "event_time, event_source, event_name, aws_region, error_code, source_ip_address, event_id",
                "cloudtrail",
                first,
                last.plus(LONGEST_SESSION),
                column,
                value);
    }
}
