/**
 * Sigma documents read from YAML, typed, with their place in the file, and bound to expressions.
 *
 * <p>Entry point: {@link io.trailwarden.sigma.parse.SigmaParser}.
 */
@NullMarked
package io.trailwarden.sigma.parse;

import org.jspecify.annotations.NullMarked;
