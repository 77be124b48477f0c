package io.trailwarden.ingest.s3;

import io.trailwarden.ingest.format.ObjectLimits;
import io.trailwarden.settings.Kinds;
import io.trailwarden.settings.RefusedException;
import io.trailwarden.settings.Setting;
import io.trailwarden.settings.Values;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
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
                throw new RefusedException(BACKFILL_FROM, from + " is not before backfill-to", "a time before " + to);
            }
        }
    }

    public static final Setting<String> QUEUE =
            new Setting<>("queue", Kinds.text("a queue's URL"), "", "SQS queue that announces objects");
    public static final Setting<List<String>> BUCKETS =
            Setting.required("buckets", Kinds.texts(), "buckets that may be read; others are refused");
    public static final Setting<String> OWNER =
            new Setting<>("owner", Kinds.text("an account id"), "", "account that must own the buckets");
    private static final Setting<List<String>> BACKFILL_PREFIXES = new Setting<>(
            "backfill-prefixes", Kinds.texts(), "", "key prefixes of what is there already and shall be read");
    private static final Setting<Optional<Instant>> BACKFILL_FROM = new Setting<>(
            "backfill-from",
            Kinds.perhaps(Kinds.time()),
            "",
            "read what was written since, such as 2026-03-01T00:00:00Z");
    private static final Setting<Optional<Instant>> BACKFILL_TO =
            new Setting<>("backfill-to", Kinds.perhaps(Kinds.time()), "", "read what was written before");

    /** In the order in which people read them. */
    public static final List<Setting<?>> SETTINGS =
            List.of(QUEUE, BUCKETS, OWNER, BACKFILL_PREFIXES, BACKFILL_FROM, BACKFILL_TO);

    /** As the settings say. */
    public static BucketConfig of(String source, Values values) {
        Set<String> buckets = new TreeSet<>(values.get(BUCKETS));
        if (buckets.isEmpty()) {
            throw new RefusedException(BUCKETS, "none", "at least one");
        }
        String queue = values.get(QUEUE);
        String owner = values.get(OWNER);
        return of(
                source,
                queue.isEmpty() ? null : queue,
                buckets,
                owner.isEmpty() ? null : owner,
                backfill(
                        values.get(BACKFILL_PREFIXES),
                        values.get(BACKFILL_FROM).orElse(null),
                        values.get(BACKFILL_TO).orElse(null)));
    }

    private static @Nullable Backfill backfill(List<String> prefixes, @Nullable Instant from, @Nullable Instant to) {
        if (from == null && to == null && prefixes.isEmpty()) {
            return null;
        }
        return new Backfill(prefixes, from == null ? Instant.EPOCH : from, to);
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
