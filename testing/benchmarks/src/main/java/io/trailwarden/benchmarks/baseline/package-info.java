/**
 * What a competent engineer would build of the same parts in a week, without any idea of ours: every object and record
 * parsed to a Jackson tree, the whole record serialised and keyed, Iceberg's own Flink sink.
 *
 * <p>It does less than Trailwarden: no hashes, positions, receipts or ledger, and its three detections are sketches.
 * Whatever it is faster by for that, it is given.
 */
@NullMarked
package io.trailwarden.benchmarks.baseline;

import org.jspecify.annotations.NullMarked;
