package io.trailwarden.sinks;

import java.time.Duration;

/**
 * How findings are put together.
 *
 * @param atMost findings in one batch, at least 1
 * @param longestWait how long the first of a batch waits for others
 */
public record Batching(int atMost, Duration longestWait) {

    public Batching {
        if (atMost < 1) {
            throw new IllegalArgumentException("atMost: " + atMost + " (expected: 1 or more)");
        }
        if (longestWait.isNegative()) {
            throw new IllegalArgumentException("longestWait: " + longestWait + " (expected: not negative)");
        }
    }
}
