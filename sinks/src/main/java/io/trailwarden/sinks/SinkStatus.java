package io.trailwarden.sinks;

import org.jspecify.annotations.Nullable;

/**
 * How one sink is doing since its process began.
 *
 * @param delivered revisions, those delivered again counted again
 * @param refused revisions that the place will never take; they are in topic {@code dead-letters}
 * @param unreadable records on the topic that are no findings; they are in topic {@code dead-letters}
 * @param failedAttempts in a row, 0 while all is well
 * @param problem why the last attempt failed; null while all is well
 */
public record SinkStatus(
        String sink, long delivered, long refused, long unreadable, int failedAttempts, @Nullable String problem) {}
