package io.trailwarden.console.findings;

import io.trailwarden.event.Severity;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * One line of the list of findings.
 *
 * @param number order of arrival: fixed when the finding is first seen, so that amendments change a line in its place
 * @param seq order of change: rises with every revision and decision; what the live stream counts by
 * @param account empty when the finding names none; so are {@code region} and {@code principal}
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
        String subject,
        String account,
        String region,
        String principal,
        Instant firstTime,
        Instant lastTime,
        Instant detectedAt,
        long eventCount,
        @Nullable Decision decision) {}
