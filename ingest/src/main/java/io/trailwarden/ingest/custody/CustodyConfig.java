package io.trailwarden.ingest.custody;

import io.trailwarden.settings.Kinds;
import io.trailwarden.settings.Setting;
import io.trailwarden.settings.Values;
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
 * @param read whether Trailwarden reads the objects of these buckets as they come, so that one it did not read is a finding
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

    private static final Setting<Boolean> CUSTODY = new Setting<>(
            "custody",
            Kinds.bool(),
            "false",
            "verify CloudTrail's digests as they arrive, while following; what is wrong is a finding");
    private static final Setting<List<String>> PREFIXES = new Setting<>(
            "custody-prefixes", Kinds.texts(), "AWSLogs/", "key prefixes below which digests are looked for");
    private static final Setting<Duration> LATENESS = new Setting<>(
            "custody-lateness",
            Kinds.duration(Duration.ZERO, Duration.ofHours(6)),
            "30m",
            "how late a digest may be, and an object unread after its digest");
    private static final Setting<Duration> SILENCE = new Setting<>(
            "custody-silence",
            Kinds.duration(Duration.ofHours(1), LONGEST_SILENCE),
            "4h",
            "how long a busy trail may deliver nothing");

    /** In the order in which people read them. */
    public static final List<Setting<?>> SETTINGS = List.of(CUSTODY, PREFIXES, LATENESS, SILENCE);

    private static final Duration INTERVAL = Duration.ofMinutes(5);

    /**
     * As the settings of these buckets say.
     *
     * @param read whether a queue announces their objects, so that they are read as they come
     * @return null when nothing is watched
     */
    public static @Nullable CustodyConfig of(
            String name, Set<String> buckets, @Nullable String owner, boolean read, Values values) {
        return values.get(CUSTODY)
                ? new CustodyConfig(
                        name,
                        buckets,
                        owner,
                        values.get(PREFIXES),
                        read,
                        values.get(LATENESS),
                        values.get(SILENCE),
                        INTERVAL)
                : null;
    }

    /** With the defaults, and a look every five minutes. */
    public static CustodyConfig of(
            String source, Set<String> buckets, @Nullable String owner, List<String> prefixes, boolean read) {
        return new CustodyConfig(
                source,
                buckets,
                owner,
                prefixes,
                read,
                Values.DEFAULTS.get(LATENESS),
                Values.DEFAULTS.get(SILENCE),
                INTERVAL);
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
