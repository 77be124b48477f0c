/**
 * Sigma as a language: documents read from YAML, typed, with their place in the file, and bound to plain boolean
 * expressions over fields.
 *
 * <p>Entry point: {@link io.trailwarden.detection.sigma.rule.SigmaParser}. What a rule means is in
 * {@code docs/decisions/0040-sigma-semantics.md}.
 */
@NullMarked
package io.trailwarden.detection.sigma.rule;

import org.jspecify.annotations.NullMarked;
