/**
 * Throughput, latency and memory, each with its yardstick in the same run. {@code testing/benchmarks/run.sh} starts
 * them; what they printed stands in {@code docs/figures.md}.
 */
@NullMarked
package io.trailwarden.benchmarks;

import org.jspecify.annotations.NullMarked;
