package io.trailwarden.jobs;

/**
 * When what happened to one key of a detector, and which timers it has. State beside the detector's own.
 *
 * <p>All in milliseconds since 1970; 0: never, or no such timer.
 *
 * @param lastSignal processing time of the last signal
 * @param evaluated processing time of the last evaluation
 * @param evaluateTimer processing time at which signals that came since then are evaluated
 * @param expiryTimer event time at which expiry is looked at
 * @param quietTimer processing time at which expiry is looked at
 */
public record KeyClock(long lastSignal, long evaluated, long evaluateTimer, long expiryTimer, long quietTimer) {

    /** Of a key that was never seen. */
    static final KeyClock NEW = new KeyClock(0, 0, 0, 0, 0);

    KeyClock signalled(long now) {
        return new KeyClock(now, evaluated, evaluateTimer, expiryTimer, quietTimer);
    }

    KeyClock evaluatedAt(long now) {
        return new KeyClock(lastSignal, now, 0, expiryTimer, quietTimer);
    }

    KeyClock withEvaluateTimer(long at) {
        return new KeyClock(lastSignal, evaluated, at, expiryTimer, quietTimer);
    }

    KeyClock withExpiryTimer(long at) {
        return new KeyClock(lastSignal, evaluated, evaluateTimer, at, quietTimer);
    }

    KeyClock withQuietTimer(long at) {
        return new KeyClock(lastSignal, evaluated, evaluateTimer, expiryTimer, at);
    }
}
