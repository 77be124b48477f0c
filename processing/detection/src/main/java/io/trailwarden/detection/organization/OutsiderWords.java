package io.trailwarden.detection.organization;

import io.trailwarden.detection.Phrases;
import io.trailwarden.detection.organization.OrganizationKey.Kind;
import io.trailwarden.detection.organization.OrganizationState.Child;
import io.trailwarden.detection.organization.OrganizationState.Deed;
import io.trailwarden.detection.organization.OrganizationState.Source;
import io.trailwarden.detection.reference.Reference;
import io.trailwarden.event.Claim;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** What is said of accounts outside of the organization. */
final class OutsiderWords {

    private static final int MAX_LISTED = 30;

    private OutsiderWords() {}

    /** About a session that a stranger took. */
    static Claim.Words session(
            OrganizationState state,
            Reference reference,
            Source source,
            List<Deed> deeds,
            boolean isLastRound,
            Claim.Evidence evidence) {
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
        List<String> steps = new ArrayList<>();
        steps.add(
                "Decide whether account " + source.account() + " is meant to have access. If it is a partner, add it to"
                        + " the directory (kind ACCOUNT, relation partner, with a date until which it holds): this finding is"
                        + " then withdrawn.");
        steps.add("If it is not: remove it from the trust policy of " + Phrases.principal(role)
                + ", then revoke the role's active sessions (IAM console: role, Revoke sessions).");
        steps.add(
                state.kind() == Kind.SESSION
                        ? query(evidence, "user_identity_access_key_id", state.subject())
                        : query(evidence, "user_identity_arn", state.subject()));
        steps.add("So that it cannot happen again: require aws:PrincipalOrgID for sts:AssumeRole in a resource control"
                + " policy or in trust policies (StringNotEqualsIfExists, together with BoolIfExists"
                + " aws:PrincipalIsAWSService false).");
        return new Claim.Words(
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
                steps);
    }

    /** About what one stranger did in one account on one day. */
    static Claim.Words sighting(OrganizationState state, Reference reference, List<Deed> deeds) {
        boolean anonymous = state.subject().equals(OrganizationSignals.ANONYMOUS);
        String day = deeds.get(0).time().toString().substring(0, 10);
        String who = anonymous ? "Somebody anonymous" : "Account " + outsideAccount(state.subject(), reference);
        Map<String, String> facts = new LinkedHashMap<>();
        facts.put(
                "Outside account",
                anonymous
                        ? "none: the calls were not signed"
                        : outsideAccount(state.subject(), reference) + ": "
                                + reference.accounts().describe(state.subject()));
        facts.put("Callers", Phrases.list(Outsiders.principals(deeds), MAX_LISTED));
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
        steps.add(query(Outsiders.evidence(deeds), "user_identity_account_id", state.subject()));
        return new Claim.Words(
                who + (anonymous ? "" : ", outside the organization,") + " called " + summary(deeds, state.more()),
                who
                        + (anonymous
                                ? " (without credentials)"
                                : ", which does not belong to the organization and is no partner,")
                        + " made " + calls(deeds, state.more()) + " that account "
                        + Phrases.account(state.account(), reference.accounts().name(state.account()))
                        + " recorded on " + day + "; "
                        + (Outsiders.succeeded(deeds) ? "not all of them were refused." : "all of them were refused."),
                facts,
                steps);
    }

    /** About what one of our accounts did with a stranger's resources on one day. */
    static Claim.Words reach(OrganizationState state, Reference reference, List<Deed> deeds) {
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
        facts.put("Our callers", Phrases.list(Outsiders.principals(deeds), MAX_LISTED));
        facts.put("Expected", "what we use belongs to the organization, to partners or to AWS");
        facts.put("Seen", calls(deeds, state.more()) + " on " + day);
        facts.put("Calls", list(deeds));
        List<String> steps = new ArrayList<>();
        steps.add("Ask the owner of "
                + Phrases.principal(Outsiders.principals(deeds).iterator().next()) + " what it does with account "
                + state.subject() + ".");
        steps.add(
                "If the account is a partner's, add it to the directory (relation partner); if it belongs to AWS, to the"
                        + " setting outside-organization, awsAccounts. This finding is then withdrawn.");
        steps.add("If nobody knows it: data or code may be leaving. Restrict where the role may go with the condition"
                + " aws:ResourceOrgID.");
        return new Claim.Words(
                Phrases.principal(Outsiders.principals(deeds).iterator().next()) + " used resources of account "
                        + state.subject() + ", outside the organization: " + summary(deeds, state.more()),
                "Account "
                        + Phrases.account(state.account(), reference.accounts().name(state.account()))
                        + " made " + calls(deeds, state.more()) + " on " + day
                        + " that touched resources of account " + outside
                        + ", which does not belong to the organization and is no partner.",
                facts,
                steps);
    }

    /** About deeds that nobody can judge. */
    static Claim.Words directory(List<Deed> deeds) {
        Set<String> accounts = Outsiders.principals(deeds);
        Map<String, String> facts = new LinkedHashMap<>();
        facts.put("Expected", "a directory of the organization's accounts on the reference topic");
        facts.put("Seen", "no account of the organization in it");
        facts.put("Other accounts seen", Phrases.list(accounts, MAX_LISTED));
        return new Claim.Words(
                "Organization unknown: " + Phrases.count(accounts.size(), "other account") + " cannot be judged",
                "Calls between accounts were seen, but no account of the organization is known. Until it is, nobody can be"
                        + " told from a stranger, and this one finding stands for all of them.",
                facts,
                List.of(
                        "Add the organization's accounts to the configuration (reference data, kind ACCOUNT), or let the"
                                + " ingester read them from AWS Organizations.",
                        "Everything that is still remembered is judged as soon as they are known; this finding is then"
                                + " withdrawn."));
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

    private static String outsideAccount(String account, Reference reference) {
        return Phrases.account(account, reference.accounts().name(account));
    }

    private static String from(@Nullable String address) {
        return address == null ? "" : " from " + address;
    }

    private static String query(Claim.Evidence evidence, String column, String value) {
        return Phrases.query(
                "See all of its calls",
                "event_time, event_source, event_name, aws_region, error_code, source_ip_address, event_id",
                "cloudtrail",
                evidence.first(),
                evidence.last().plus(Outsiders.LONGEST_SESSION),
                column,
                value);
    }
}
