package io.trailwarden.sinks.notice;

import io.trailwarden.event.Severity;
import java.time.Duration;

/**
 * How much people are told.
 *
 * @param least findings less severe are not told
 * @param perMinute so many messages a minute on average, and at once after a quiet minute; what is more comes together in
 *     a digest; 0: no limit
 * @param digestEvery the time from one digest to the next, at least
 */
public record NoticePolicy(Severity least, int perMinute, Duration digestEvery) {

    /** Tells everything, one by one. */
    public static final NoticePolicy EVERYTHING = new NoticePolicy(Severity.INFORMATIONAL, 0, Duration.ofMinutes(1));

    public NoticePolicy {
        if (perMinute < 0) {
            throw new IllegalArgumentException("perMinute: " + perMinute + " (expected: 0 or more)");
        }
        if (digestEvery.isNegative()) {
            throw new IllegalArgumentException("digestEvery: " + digestEvery + " (expected: not negative)");
        }
    }
}
