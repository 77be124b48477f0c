package io.trailwarden.ingest.custody;

import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What a {@link CustodyWatch} watches.
 *
 * @param source its name, which must differ from those of ingesters
 * @param buckets that trails write to
 * @param owner account that must own the buckets, checked by S3 itself; null: not checked
 * @param prefixes below which digests are looked for, for example {@code AWSLogs/}; each ends in a slash or is empty
 * @param read whether Trailwarden reads the objects of these buckets as they come, so that one it did not read is told
 * @param lateness how late a digest may be, and how long after its digest an object may still be unread
 * @param silence for how long a busy trail may deliver nothing
 * @param interval between two looks at what is due
 */
public record CustodyConfig(
        String source,
        Set<String> buckets,
        @Nullable String owner,
        List<String> prefixes,
        boolean read,
        Duration lateness,
        Duration silence,
        Duration interval) {

    /** What is looked at: whatever happened to digests and objects in this time is found. */
    static final Duration WINDOW = Duration.ofHours(26);

    /** The longest silence that can be told from one in the window. */
    public static final Duration LONGEST_SILENCE = Duration.ofHours(10);

    /** What is late by half an hour is missing, what is silent for four hours is silent, and a look every five minutes. */
    public static CustodyConfig of(
            String source, Set<String> buckets, @Nullable String owner, List<String> prefixes, boolean read) {
        return new CustodyConfig(
                source,
                buckets,
                owner,
                prefixes,
                read,
                Duration.ofMinutes(30),
                Duration.ofHours(4),
                Duration.ofMinutes(5));
    }

    public CustodyConfig {
        buckets = Set.copyOf(buckets);
        prefixes = prefixes.isEmpty()
                ? List.of("AWSLogs/")
                : prefixes.stream()
                        .map(prefix -> prefix.isEmpty() || prefix.endsWith("/") ? prefix : prefix + "/")
                        .toList();
        if (silence.compareTo(Duration.ofHours(1)) < 0 || silence.compareTo(LONGEST_SILENCE) > 0) {
            throw new IllegalArgumentException("silence: " + silence + " (expected: 1 h to 10 h)");
        }
        if (lateness.isNegative() || lateness.compareTo(Duration.ofHours(6)) > 0) {
            throw new IllegalArgumentException("lateness: " + lateness + " (expected: at most 6 h)");
        }
    }
}
