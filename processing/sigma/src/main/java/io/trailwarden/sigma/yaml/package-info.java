/**
 * Rule files as YAML whose every value knows its place, and what is wrong with one.
 */
@NullMarked
package io.trailwarden.sigma.yaml;

import org.jspecify.annotations.NullMarked;
