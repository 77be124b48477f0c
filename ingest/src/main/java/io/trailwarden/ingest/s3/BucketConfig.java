package io.trailwarden.ingest.s3;

import io.trailwarden.ingest.format.ObjectLimits;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What a {@link BucketIngester} reads.
 *
 * @param source the name in every record's origin
 * @param queue URL of the queue that announces objects; null: none, only the backfill is read
 * @param buckets from which objects are read; what is announced of others is refused
 * @param owner account that must own the buckets, checked by S3 itself; null: not checked
 * @param backfill what is there already and shall be read; null: nothing
 * @param visibility how long a message stays hidden from other readers; extended while its objects are not stored
 * @param poll how long the queue may hold back the answer that it is empty
 * @param limits what is refused of one object
 */
public record BucketConfig(
        String source,
        @Nullable String queue,
        Set<String> buckets,
        @Nullable String owner,
        @Nullable Backfill backfill,
        Duration visibility,
        Duration poll,
        ObjectLimits limits) {

    /**
     * Objects to be listed.
     *
     * @param prefixes of their keys, in every bucket
     * @param from when they were written, inclusive
     * @param to when they were written, exclusive; null: until now, and whatever comes as long as there is no queue
     */
    public record Backfill(List<String> prefixes, Instant from, @Nullable Instant to) {

        public Backfill {
            prefixes = prefixes.isEmpty() ? List.of("") : List.copyOf(prefixes);
            if (to != null && !from.isBefore(to)) {
                throw new IllegalArgumentException(
                        "backfill from " + from + " to " + to + " (expected: an earlier from)");
            }
        }
    }

    /** Five minutes of visibility, two seconds of waiting. */
    public static BucketConfig of(
            String source,
            @Nullable String queue,
            Set<String> buckets,
            @Nullable String owner,
            @Nullable Backfill backfill) {
        return new BucketConfig(
                source,
                queue,
                buckets,
                owner,
                backfill,
                Duration.ofMinutes(5),
                Duration.ofSeconds(2),
                ObjectLimits.DEFAULT);
    }

    public BucketConfig {
        buckets = Set.copyOf(buckets);
        if (source.isBlank()) {
            throw new IllegalArgumentException("source: \"" + source + "\" (expected: a name)");
        }
        if (buckets.isEmpty()) {
            throw new IllegalArgumentException(source + " reads from no bucket (expected: at least one)");
        }
        if (queue == null && backfill == null) {
            throw new IllegalArgumentException(source + " has neither a queue nor a backfill (expected: one of them)");
        }
        if (visibility.compareTo(Duration.ofSeconds(30)) < 0 || visibility.compareTo(Duration.ofHours(12)) > 0) {
            throw new IllegalArgumentException("visibility: " + visibility + " (expected: 30 s to 12 h)");
        }
    }
}
