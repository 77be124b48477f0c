package io.trailwarden.sigma.rule;

import java.util.List;
import java.util.Map;

/**
 * A condition that is added with {@code and} to other people's rules.
 *
 * @param rules ids, names or titles; empty means every rule whose logsource it covers
 */
public record FilterRule(
        RuleHeader header, Logsource logsource, List<String> rules, Map<String, Search> searches, Condition condition)
        implements SigmaDocument {

    /** Whether it is to be applied to a rule. Filters never apply to correlations. */
    public boolean appliesTo(DetectionRule rule) {
        return logsource.covers(rule.logsource())
                && (rules.isEmpty()
                        || rules.contains(rule.header().id())
                        || rules.contains(rule.header().name())
                        || rules.contains(rule.header().title()));
    }
}
