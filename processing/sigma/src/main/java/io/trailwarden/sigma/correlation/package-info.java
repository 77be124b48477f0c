/**
 * Sigma correlations in exact event time: what holds is a function of the set of events, whatever the order they came
 * in.
 *
 * <p>Entry point: {@link io.trailwarden.sigma.correlation.Correlations}. What the types compute and when they
 * fire is in {@code docs/decisions/0041-sigma-correlations.md}.
 */
@NullMarked
package io.trailwarden.sigma.correlation;

import org.jspecify.annotations.NullMarked;
