/**
 * Where findings go: a {@link io.trailwarden.sinks.SinkRunner} reads topic {@code findings} and gives them to one
 * {@link io.trailwarden.sinks.FindingSink}.
 */
@NullMarked
package io.trailwarden.sinks;

import org.jspecify.annotations.NullMarked;
