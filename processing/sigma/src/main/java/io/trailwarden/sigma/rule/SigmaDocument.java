package io.trailwarden.sigma.rule;

/** One document of a rule file. */
public sealed interface SigmaDocument permits DetectionRule, FilterRule, CorrelationRule {

    /** What the document says about itself. */
    RuleHeader header();
}
