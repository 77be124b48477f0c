package io.trailwarden.ingest.inventory;

import java.time.Duration;

/**
 * How an inventory is taken.
 *
 * @param source its name, under which it remembers what it saw
 * @param interval between two looks; whoever is missing in two of them is gone
 */
public record InventoryConfig(String source, Duration interval) {

    /** A look every 15 minutes. */
    public static InventoryConfig of(String source) {
        return new InventoryConfig(source, Duration.ofMinutes(15));
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
