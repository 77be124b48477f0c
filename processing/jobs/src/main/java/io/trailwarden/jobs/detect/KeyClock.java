package io.trailwarden.jobs.detect;

/**
 * When a key of a detector was last heard of, and which timer looks after its expiry. State beside the detector's own.
 *
 * <p>All in milliseconds since 1970; 0: never, or no such timer.
 *
 * @param lastSignal processing time of the last signal
 * @param expiryTimer event time at which expiry is looked at
 * @param quietTimer processing time at which expiry is looked at
 */
public record KeyClock(long lastSignal, long expiryTimer, long quietTimer) {

    /** Of a key that was never seen. */
    static final KeyClock NEW = new KeyClock(0, 0, 0);

    KeyClock signalled(long now) {
        return new KeyClock(now, expiryTimer, quietTimer);
    }

    KeyClock withExpiryTimer(long at) {
        return new KeyClock(lastSignal, at, quietTimer);
    }

    KeyClock withQuietTimer(long at) {
        return new KeyClock(lastSignal, expiryTimer, at);
    }
}
