package io.trailwarden.sigma.rule;

import java.util.List;

/**
 * A rule ready to run, with the filters that apply to it.
 *
 * @param key identifies the rule in results, see {@link RuleHeader#key()}
 * @param filters keys of the filters that were applied
 */
public record BoundRule(String key, DetectionRule rule, Expression expression, List<String> filters) {}
