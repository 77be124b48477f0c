/**
 * A Sigma engine: rule files in, matches and correlations out.
 *
 * <p>{@link io.trailwarden.detection.sigma.RuleSet} loads rule files; {@code match.RuleMatcher} runs the rules over
 * single events; {@code correlation.CorrelationEngine} runs the correlations over their matches.
 */
@NullMarked
package io.trailwarden.detection.sigma;

import org.jspecify.annotations.NullMarked;
