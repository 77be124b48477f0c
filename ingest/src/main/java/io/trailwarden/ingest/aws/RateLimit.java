package io.trailwarden.ingest.aws;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;

/**
 * At most one request at a time, and each so long after the answer to the one before that the service cannot count more
 * of them in any second than {@code perSecond}, however long each is on its way.
 *
 * <p>Safe for any number of threads; they queue.
 */
public final class RateLimit {

    /** A request. */
    @FunctionalInterface
    interface Request<T> {
        T send();
    }

    private final Clock clock;
    private final Pause pause;
    private final Duration spacing;
    private Instant next = Instant.MIN;

    RateLimit(double perSecond, Clock clock, Pause pause) {
        this.clock = clock;
        this.pause = pause;
        this.spacing = Duration.ofNanos((long) Math.ceil(1e9 / perSecond));
    }

    synchronized <T> T send(Request<T> request) throws InterruptedException {
        Instant now = clock.instant();
        if (now.isBefore(next)) {
            Duration left = Duration.between(now, next);
            // A clock that was set back must not stop us for longer than the limit asks for. Rounded up: a pause counts
            // whole milliseconds.
            pause.of((left.compareTo(spacing) < 0 ? left : spacing).plusNanos(999_999));
        }
        try {
            return request.send();
        } finally {
            next = clock.instant().plus(spacing);
        }
    }
}
