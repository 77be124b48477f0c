package io.trailwarden.ingest.logs;

import io.trailwarden.settings.Kinds;
import io.trailwarden.settings.Setting;
import io.trailwarden.settings.Values;
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

    private static final Setting.Kind<Duration> SPAN = Kinds.duration(Duration.ZERO, Duration.ofDays(90));

    public static final Setting<List<String>> GROUPS = new Setting<>("groups", Kinds.texts(), "", "log groups by name");
    public static final Setting<List<String>> PREFIXES =
            new Setting<>("prefixes", Kinds.texts(), "", "log groups by the beginning of their names, new ones too");
    public static final Setting<Duration> BACKFILL =
            new Setting<>("backfill", SPAN, "1d", "how far back to begin; Event history goes back 90d");
    public static final Setting<Duration> OVERLAP = new Setting<>("overlap", SPAN, "10m", "how late events may come");
    public static final Setting<Duration> INTERVAL = new Setting<>("interval", SPAN, "10s", "between two looks");
    public static final Setting<Boolean> LIVE = new Setting<>(
            "live",
            Kinds.bool(),
            "false",
            "also as CloudWatch Logs shows events live, a second after they came; AWS charges for it");

    /** In the order in which people read them. */
    public static final List<Setting<?>> SETTINGS = List.of(GROUPS, PREFIXES, BACKFILL, OVERLAP, INTERVAL, LIVE);

    /** As the settings say. */
    public static LogsConfig of(String source, Values values) {
        return new LogsConfig(
                source,
                values.get(GROUPS),
                values.get(PREFIXES),
                values.get(BACKFILL),
                values.get(OVERLAP),
                values.get(INTERVAL),
                values.get(LIVE));
    }

    /** With the defaults. */
    public static LogsConfig of(String source, List<String> groups, List<String> prefixes) {
        return of(source, Values.DEFAULTS.with(GROUPS, groups).with(PREFIXES, prefixes));
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
