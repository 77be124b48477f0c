package io.trailwarden.sigma.rule;

import java.util.List;
import java.util.Map;

/**
 * A rule over single events.
 *
 * @param searches by identifier, in the order written
 * @param conditions at least one; the rule matches when any of them does
 */
public record DetectionRule(
        RuleHeader header, Logsource logsource, Map<String, Search> searches, List<Condition> conditions)
        implements SigmaDocument {}
