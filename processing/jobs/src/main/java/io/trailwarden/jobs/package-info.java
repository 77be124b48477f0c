/**
 * Kafka → Flink → Kafka and tables. {@link io.trailwarden.jobs.DetectionJob} wires the operators; everything that
 * thinks lives in {@code io.trailwarden.detection}.
 */
@NullMarked
package io.trailwarden.jobs;

import org.jspecify.annotations.NullMarked;
