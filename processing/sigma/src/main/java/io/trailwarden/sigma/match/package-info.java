/**
 * Sigma rules over single events, fast: all rules compiled together, fields taken from the event's bytes in one pass,
 * and only those rules evaluated that something in the event speaks for.
 *
 * <p>Entry point: {@link io.trailwarden.sigma.match.RuleMatcher}.
 */
@NullMarked
package io.trailwarden.sigma.match;

import org.jspecify.annotations.NullMarked;
