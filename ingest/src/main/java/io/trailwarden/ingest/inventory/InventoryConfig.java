package io.trailwarden.ingest.inventory;

import io.trailwarden.settings.Kinds;
import io.trailwarden.settings.Setting;
import io.trailwarden.settings.Values;
import java.time.Duration;
import java.util.List;

/**
 * How an inventory is taken.
 *
 * @param source its name, under which it remembers what it saw
 * @param interval between two looks; whoever is missing in two of them is gone
 */
public record InventoryConfig(String source, Duration interval) {

    public static final Setting<Duration> INTERVAL =
            new Setting<>("interval", Kinds.duration(Duration.ZERO, Duration.ofDays(90)), "15m", "between two looks");

    /** In the order in which people read them. */
    public static final List<Setting<?>> SETTINGS = List.of(INTERVAL);

    /** As the settings say. */
    public static InventoryConfig of(String source, Values values) {
        return new InventoryConfig(source, values.get(INTERVAL));
    }

    /** With the default. */
    public static InventoryConfig of(String source) {
        return of(source, Values.DEFAULTS);
    }

    public InventoryConfig {
        if (source.isBlank()) {
            throw new IllegalArgumentException("source: \"" + source + "\" (expected: a name)");
        }
        if (interval.isNegative()) {
            throw new IllegalArgumentException("interval: " + interval + " (expected: not negative)");
        }
    }
}
