package io.trailwarden.sigma.match;

import io.trailwarden.sigma.rule.BoundRule;
import java.util.List;

/**
 * Says which rules an event matches, from the event's bytes.
 *
 * <p>Every rule is tried on every event: whoever wants to keep a rule to its logsource gives only rules of that
 * logsource. Compiling is dear, {@link #copy} is cheap; an instance serves one thread at a time.
 *
 * <pre>{@code
 * RuleMatcher matcher = RuleMatcher.of(ruleSet.rules());
 * List<String> ids = matcher.ids(jsonBytes);
 * }</pre>
 */
public final class RuleMatcher {

    private final CompiledRules compiled;
    private final Evaluation evaluation;

    private RuleMatcher(CompiledRules compiled) {
        this.compiled = compiled;
        this.evaluation = new Evaluation(compiled);
    }

    /** Compiles rules; their order is the order of results. */
    public static RuleMatcher of(List<BoundRule> rules) {
        return new RuleMatcher(new CompiledRules(rules));
    }

    /** Another matcher over the same compiled rules, for another thread. */
    public RuleMatcher copy() {
        return new RuleMatcher(compiled);
    }

    /**
     * The keys of the rules that match (see {@link BoundRule#key()}), in the order of the rules.
     *
     * @param json one event, UTF-8; not changed
     * @throws MalformedEventException when it is not a JSON object
     */
    public List<String> ids(byte[] json) {
        return evaluation.run(json).keys();
    }

    /**
     * The rules that match, in their order.
     *
     * @param json one event, UTF-8; not changed
     * @throws MalformedEventException when it is not a JSON object
     */
    public List<BoundRule> match(byte[] json) {
        return evaluation.run(json).rules();
    }

    /** What the compiled rules are like. */
    public Statistics statistics() {
        return new Statistics(
                compiled.keys.length, compiled.predicates.length, compiled.ungated(), compiled.stretches.bytes());
    }

    /**
     * Numbers about a compiled set.
     *
     * @param rules how many
     * @param tests distinct tests of fields, shared by the rules
     * @param ungated rules that every event is tried against, because nothing must be present for them to match
     * @param stretchBytes memory of the index of substrings
     */
    public record Statistics(int rules, int tests, int ungated, long stretchBytes) {}
}
