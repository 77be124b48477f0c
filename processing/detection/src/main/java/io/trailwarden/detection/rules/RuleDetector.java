package io.trailwarden.detection.rules;

import io.trailwarden.detection.EventDetector;
import io.trailwarden.detection.Findings;
import io.trailwarden.detection.reference.Reference;
import io.trailwarden.event.AuditEvent;
import io.trailwarden.event.Claim;
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
    public void inspect(AuditEvent event, Reference reference, Findings out) {
        for (BoundRule rule : matched(event.raw(), logsource(event), reference)) {
            Map<String, String> facts =
                    event instanceof CloudTrailEvent call ? facts(call) : facts((ExecutionEvent) event);
            publish(rule, event, facts, out);
        }
    }

    private static Map<String, String> facts(CloudTrailEvent event) {
        Map<String, String> facts = new LinkedHashMap<>();
        fact(facts, "call", event.eventSource() + ":" + event.eventName());
        fact(facts, "source address", event.sourceIpAddress());
        fact(facts, "error", event.errorCode());
        return facts;
    }

    private static Map<String, String> facts(ExecutionEvent event) {
        Map<String, String> facts = new LinkedHashMap<>();
        fact(facts, "execution", event.executionArn());
        fact(facts, "event", event.type());
        fact(facts, "error", event.error());
        return facts;
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

    private void publish(BoundRule rule, AuditEvent event, Map<String, String> facts, Findings out) {
        Sighting seen = event.sighting();
        if (!reports(rule, seen, out)) {
            return;
        }
        out.publish(RuleFindings.claim(
                FindingId.of(rule.key(), event.identity(), event.account()),
                rule.rule().header(),
                new Claim.Subject(
                        event.principal(),
                        event.account().isEmpty() ? null : event.account(),
                        event.region(),
                        event.principal()),
                List.of(seen),
                facts));
    }

    /** Which log's rules an event is for. */
    static Logsource logsource(AuditEvent event) {
        return event instanceof CloudTrailEvent ? Logsource.CLOUDTRAIL : Logsource.EXECUTIONS;
    }
}
