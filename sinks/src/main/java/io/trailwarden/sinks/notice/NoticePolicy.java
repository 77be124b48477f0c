package io.trailwarden.sinks.notice;

import io.trailwarden.event.Severity;
import io.trailwarden.settings.Kinds;
import io.trailwarden.settings.Setting;
import io.trailwarden.settings.Values;
import java.time.Duration;
import java.util.List;

/**
 * How much people are told.
 *
 * @param least findings less severe are not told
 * @param perMinute so many messages a minute on average, and at once after a quiet minute; what is more comes together in
 *     a digest; 0: no limit
 * @param digestEvery the time from one digest to the next, at least
 */
public record NoticePolicy(Severity least, int perMinute, Duration digestEvery) {

    public static final Setting<Severity> LEAST = new Setting<>(
            "notices.severity",
            Kinds.oneOf(Severity.class),
            "informational",
            "the least severe findings that go to sns and webhook");
    public static final Setting<Integer> PER_MINUTE = new Setting<>(
            "notices.per-minute",
            Kinds.integer(0, 100_000),
            "60",
            "messages a minute to sns and webhook; what is more comes in one digest; 0: no limit");
    public static final Setting<String> CONSOLE_URL = new Setting<>(
            "notices.console-url",
            Kinds.url(),
            "",
            "where people reach the console: messages link to it; empty: no links");

    /** In the order in which people read them. */
    public static final List<Setting<?>> SETTINGS = List.of(LEAST, PER_MINUTE, CONSOLE_URL);

    /** Tells everything, one by one. */
    public static final NoticePolicy EVERYTHING = new NoticePolicy(Severity.INFORMATIONAL, 0, Duration.ofMinutes(1));

    /** As the settings say, with a digest a minute. */
    public static NoticePolicy of(Values values) {
        return new NoticePolicy(values.get(LEAST), values.get(PER_MINUTE), Duration.ofMinutes(1));
    }

    public NoticePolicy {
        if (perMinute < 0) {
            throw new IllegalArgumentException("perMinute: " + perMinute + " (expected: 0 or more)");
        }
        if (digestEvery.isNegative()) {
            throw new IllegalArgumentException("digestEvery: " + digestEvery + " (expected: not negative)");
        }
    }
}
