/**
 * Sigma as a language: documents as plain records, and the boolean expressions over fields that they come to. What a rule
 * means is in {@code docs/decisions/0040-sigma-semantics.md}.
 */
@NullMarked
package io.trailwarden.sigma.rule;

import org.jspecify.annotations.NullMarked;
