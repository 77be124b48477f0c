package io.trailwarden.detection.throttling;

import io.trailwarden.event.Bounded;

/**
 * One throttled call.
 *
 * @param log which log tells of it
 * @param caller the principal, or the state machine
 * @param error the error's name as written
 * @param code what the error's name means
 * @param readOnly whether the call would have changed nothing
 */
public record ThrottlingNews(Log log, String caller, String error, ThrottleCode code, boolean readOnly) {

    /** Bounds what is too long. */
    public ThrottlingNews {
        caller = Bounded.text(caller);
        error = Bounded.text(error);
    }

    /** Where a throttled call was recorded. The same one may be in both. */
    public enum Log {
        CLOUDTRAIL,
        EXECUTIONS
    }
}
