package io.trailwarden.console.findings;

import java.time.Instant;
import java.util.List;

/**
 * Findings over event time (the time of their last evidence), stacked by severity.
 *
 * @param from begin of the first bucket
 * @param to end of the last bucket
 * @param stepMillis width of a bucket
 * @param buckets those that are not empty, in order
 */
public record Histogram(Instant from, Instant to, long stepMillis, List<Bucket> buckets) {

    /**
     * One bar.
     *
     * @param from its begin
     * @param counts findings by severity, in ascending order of {@link io.trailwarden.event.Severity}
     */
    public record Bucket(Instant from, List<Long> counts) {}
}
