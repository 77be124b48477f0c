package io.trailwarden.storage.maintenance;

import java.time.Duration;

/**
 * How the tables are kept small and few.
 *
 * @param every pause between two rounds
 * @param smallFiles files of about one size in one day that are merged when there are so many, at least 2
 * @param targetBytes size that merged files grow to
 * @param retention how long snapshots stay readable at least, so that queries that began on one can end
 * @param retainLast snapshots of each table that stay whatever their age
 * @param orphanAge how old a file must be that no snapshot knows and that no checkpoint can ask for, before it is
 *     removed; longer than any compaction takes
 * @param unclaimedAge the same for files that a checkpoint of a stopped job might still hold: how long a job may stay
 *     stopped and continue from its checkpoint
 */
public record MaintenanceConfig(
        Duration every,
        int smallFiles,
        long targetBytes,
        Duration retention,
        int retainLast,
        Duration orphanAge,
        Duration unclaimedAge) {

    public MaintenanceConfig {
        if (smallFiles < 2) {
            throw new IllegalArgumentException("smallFiles: " + smallFiles + " (expected: 2 or more)");
        }
        if (retainLast < 1) {
            throw new IllegalArgumentException("retainLast: " + retainLast + " (expected: 1 or more)");
        }
    }

    /** A round a minute, eight files, 128 MB, ten minutes and ten snapshots, an hour, thirty days. */
    public static MaintenanceConfig defaults() {
        return new MaintenanceConfig(
                Duration.ofMinutes(1),
                8,
                128L << 20,
                Duration.ofMinutes(10),
                10,
                Duration.ofHours(1),
                Duration.ofDays(30));
    }
}
