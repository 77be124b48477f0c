package io.trailwarden.ingest.logs;

import java.time.Duration;
import java.util.List;

/**
 * What a {@link LogsIngester} reads.
 *
 * @param source the name in every record's origin
 * @param groups log groups by name
 * @param prefixes log groups by the beginning of their names, new ones too
 * @param backfill how far back to begin with a group of which nothing was read yet
 * @param overlap how long events may come late: that much is read again every time
 * @param interval between two looks
 * @param live whether events are also taken as CloudWatch Logs shows them live, about a second after they came; AWS charges
 *     by the minute for it
 */
public record LogsConfig(
        String source,
        List<String> groups,
        List<String> prefixes,
        Duration backfill,
        Duration overlap,
        Duration interval,
        boolean live) {

    /** A day back, 10 minutes of overlap, a look every 10 seconds, not live. */
    public static LogsConfig of(String source, List<String> groups, List<String> prefixes) {
        return new LogsConfig(
                source, groups, prefixes, Duration.ofDays(1), Duration.ofMinutes(10), Duration.ofSeconds(10), false);
    }

    /** The same, live too. */
    public LogsConfig withLive() {
        return new LogsConfig(source, groups, prefixes, backfill, overlap, interval, true);
    }

    public LogsConfig {
        groups = List.copyOf(groups);
        prefixes = List.copyOf(prefixes);
        if (source.isBlank()) {
            throw new IllegalArgumentException("source: \"" + source + "\" (expected: a name)");
        }
        if (groups.isEmpty() && prefixes.isEmpty()) {
            throw new IllegalArgumentException(source + " reads no log group (expected: groups or prefixes)");
        }
        if (backfill.isNegative() || overlap.isNegative() || interval.isNegative()) {
            throw new IllegalArgumentException("backfill, overlap and interval cannot be negative: " + backfill + ", "
                    + overlap + ", " + interval);
        }
    }
}
