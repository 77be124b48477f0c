package io.trailwarden.ingest.lookup;

import java.time.Duration;

/**
 * What a {@link LookupIngester} reads.
 *
 * @param source the name in every record's origin
 * @param backfill how far back to begin when nothing was read yet; AWS keeps 90 days
 * @param overlap how long events may come late: that much is read again every time
 * @param interval between two looks
 */
public record LookupConfig(String source, Duration backfill, Duration overlap, Duration interval) {

    /** What AWS keeps. */
    public static final Duration LONGEST_BACKFILL = Duration.ofDays(90);

    /** A day back, 30 minutes of overlap, a look every 30 seconds. */
    public static LookupConfig of(String source) {
        return new LookupConfig(source, Duration.ofDays(1), Duration.ofMinutes(30), Duration.ofSeconds(30));
    }

    public LookupConfig {
        if (source.isBlank()) {
            throw new IllegalArgumentException("source: \"" + source + "\" (expected: a name)");
        }
        if (backfill.isNegative() || backfill.compareTo(LONGEST_BACKFILL) > 0) {
            throw new IllegalArgumentException("backfill: " + backfill + " (expected: at most 90 days)");
        }
        if (overlap.isNegative() || interval.isNegative()) {
            throw new IllegalArgumentException("overlap and interval cannot be negative: " + overlap + ", " + interval);
        }
    }
}
