package io.trailwarden.detection.rules;

import io.trailwarden.detection.EventDetector;
import io.trailwarden.detection.Findings;
import io.trailwarden.detection.reference.Reference;
import io.trailwarden.event.CloudTrailEvent;
import io.trailwarden.event.ExecutionEvent;
import io.trailwarden.event.FindingId;
import io.trailwarden.event.Sighting;
import io.trailwarden.sigma.rule.BoundRule;
import io.trailwarden.sigma.rule.Logsource;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Runs the loaded rules over single events: CloudTrail records against rules for {@code product: aws, service:
 * cloudtrail}, history events of executions against those for {@code service: stepfunctions}. Rules that only serve
 * correlations publish nothing; staged rules are counted; a rule that floods is muted, see {@link FloodGuard}.
 */
public final class RuleDetector implements EventDetector {

    private static final long serialVersionUID = 1;

    private transient @Nullable LoadedRules rules;
    private transient @Nullable FloodGuard guard;
    private transient @Nullable Map<String, Long> numbers;
    private transient @Nullable Map<String, Long> stagedMatches;

    /** A detector; all of them are alike. */
    public RuleDetector() {}

    @Override
    public void inspect(CloudTrailEvent event, Reference reference, Findings out) {
        for (BoundRule rule : matched(event.raw(), Logsource.CLOUDTRAIL, reference)) {
            Map<String, String> facts = new LinkedHashMap<>();
            fact(facts, "call", event.eventSource() + ":" + event.eventName());
            fact(facts, "source address", event.sourceIpAddress());
            fact(facts, "error", event.errorCode());
            publish(
                    rule,
                    new Sighting(event.eventTime(), event.eventId()),
                    event.account(),
                    event.awsRegion(),
                    event.actorKey(),
                    facts,
                    out);
        }
    }

    @Override
    public void inspect(ExecutionEvent event, Reference reference, Findings out) {
        for (BoundRule rule : matched(event.raw(), Logsource.EXECUTIONS, reference)) {
            Map<String, String> facts = new LinkedHashMap<>();
            fact(facts, "execution", event.executionArn());
            fact(facts, "event", event.type());
            fact(facts, "error", event.error());
            publish(
                    rule,
                    new Sighting(event.eventTime(), event.eventId()),
                    event.account(),
                    event.region(),
                    event.stateMachineArn(),
                    facts,
                    out);
        }
    }

    /** The rules that match and report on their own. */
    private List<BoundRule> matched(byte[] raw, Logsource logsource, Reference reference) {
        LoadedRules loaded = current(reference);
        List<BoundRule> matched = loaded.matched(raw, logsource);
        Set<String> silent = loaded.ruleSet().silent();
        return matched.isEmpty() || silent.isEmpty()
                ? matched
                : matched.stream().filter(rule -> !silent.contains(rule.key())).toList();
    }

    private LoadedRules current(Reference reference) {
        LoadedRules loaded = rules != null && rules.areOf(reference) ? rules : LoadedRules.of(reference);
        if (loaded != rules) {
            rules = loaded;
            numbers = null;
            if (stagedMatches != null) {
                stagedMatches.keySet().retainAll(loaded.stagedHandles());
            }
        }
        return loaded;
    }

    private static void fact(Map<String, String> facts, String name, @Nullable String value) {
        if (value != null && !value.isEmpty()) {
            facts.put(name, value);
        }
    }

    @Override
    public Map<String, Long> numbers(Reference reference) {
        LoadedRules loaded = current(reference);
        Map<String, Long> states = numbers;
        if (states == null) {
            states = new TreeMap<>();
            for (RuleStatus status : loaded.status()) {
                states.merge("rules." + status.state().name().toLowerCase(Locale.ROOT), 1L, Long::sum);
            }
            numbers = states;
        }
        Map<String, Long> all = new TreeMap<>(states);
        if (stagedMatches != null) {
            stagedMatches.forEach((rule, count) -> all.put("staged." + rule, count));
        }
        if (guard != null) {
            guard.heldBack().forEach((rule, count) -> all.put("muted." + rule, count));
        }
        return all;
    }

    /** Counts a staged rule's match; says whether a match of another rule may be published. */
    private boolean reports(BoundRule rule, Sighting seen, Findings out) {
        if (rules != null && rules.staged().contains(rule.key())) {
            if (stagedMatches == null) {
                stagedMatches = new TreeMap<>();
            }
            stagedMatches.merge(rule.rule().header().handle(), 1L, Long::sum);
            return false;
        }
        if (guard == null) {
            guard = new FloodGuard();
        }
        return guard.admits(rule.rule().header(), seen.time(), out);
    }

    private void publish(
            BoundRule rule,
            Sighting seen,
            String account,
            @Nullable String region,
            @Nullable String principal,
            Map<String, String> facts,
            Findings out) {
        if (!reports(rule, seen, out)) {
            return;
        }
        String subject = principal == null ? seen.eventId() : principal;
        out.publish(RuleFindings.conclusion(
                FindingId.of(rule.key(), seen.eventId(), account),
                rule.rule().header(),
                subject,
                account.isEmpty() ? null : account,
                region,
                principal,
                List.of(seen),
                facts));
    }
}
