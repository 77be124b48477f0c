package io.trailwarden.ingest.lookup;

import io.trailwarden.settings.Kinds;
import io.trailwarden.settings.Setting;
import io.trailwarden.settings.Values;
import java.time.Duration;
import java.util.List;

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

    private static final Setting.Kind<Duration> SPAN = Kinds.duration(Duration.ZERO, LONGEST_BACKFILL);

    public static final Setting<Duration> BACKFILL =
            new Setting<>("backfill", SPAN, "1d", "how far back to begin; Event history goes back 90d");
    public static final Setting<Duration> OVERLAP = new Setting<>("overlap", SPAN, "30m", "how late events may come");
    public static final Setting<Duration> INTERVAL = new Setting<>("interval", SPAN, "30s", "between two looks");

    /** In the order in which people read them. */
    public static final List<Setting<?>> SETTINGS = List.of(BACKFILL, OVERLAP, INTERVAL);

    /** As the settings say. */
    public static LookupConfig of(String source, Values values) {
        return new LookupConfig(source, values.get(BACKFILL), values.get(OVERLAP), values.get(INTERVAL));
    }

    /** With the defaults. */
    public static LookupConfig of(String source) {
        return of(source, Values.DEFAULTS);
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
