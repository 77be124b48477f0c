package io.trailwarden.console.findings;

import com.fasterxml.jackson.annotation.JsonUnwrapped;
import io.trailwarden.event.Severity;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * One line of the list of findings. In JSON it is flat, its parts in this order.
 *
 * @param number order of arrival: fixed when the finding is first seen, so that amendments change a line in its place
 * @param seq order of change: rises with every revision and decision; what the live stream counts by
 * @param decision the latest decision, if any
 */
public record FindingRow(
        long number,
        long seq,
        String id,
        long revision,
        Status status,
        Severity severity,
        String detection,
        String title,
        @JsonUnwrapped About about,
        @JsonUnwrapped Seen seen,
        @Nullable Decision decision) {

    /**
     * What the finding is about.
     *
     * @param account empty when the finding names none; so are {@code region} and {@code principal}
     */
    public record About(String subject, String account, String region, String principal) {}

    /** When, by event time and by the clock, and how often; times in whole milliseconds. */
    public record Seen(Instant firstTime, Instant lastTime, Instant detectedAt, long eventCount) {}
}
