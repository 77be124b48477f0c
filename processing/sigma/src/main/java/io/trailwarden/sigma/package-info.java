/**
 * A Sigma engine: rule files in, matches and correlations out. It knows events as bytes and times, and no findings.
 *
 * <p>{@link io.trailwarden.sigma.RuleSet} loads rule files; {@code match.RuleMatcher} runs the rules over single events;
 * {@code correlation.Correlations} runs the correlations over their matches. {@code README.md} shows it used as a library.
 */
@NullMarked
package io.trailwarden.sigma;

import org.jspecify.annotations.NullMarked;
