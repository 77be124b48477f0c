package io.trailwarden.sigma.parse;

import io.trailwarden.sigma.rule.SigmaDocument;
import io.trailwarden.sigma.yaml.RuleProblem;

/** What became of one document of a rule file. */
public sealed interface ParseOutcome {

    /** The document is a rule, filter or correlation. */
    record Parsed(SigmaDocument document) implements ParseOutcome {}

    /** The document cannot be used; nothing of it is. */
    record Refused(RuleProblem problem) implements ParseOutcome {}
}
