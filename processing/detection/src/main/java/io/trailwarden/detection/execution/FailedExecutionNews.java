package io.trailwarden.detection.execution;

import io.trailwarden.detection.Call;
import io.trailwarden.event.Bounded;
import org.jspecify.annotations.Nullable;

/**
 * What is heard of one execution: how it was started, or how it ended; exactly one of the two.
 *
 * @param execution its ARN
 * @param started the call that started or redrove it against an expectation
 * @param ended its bad end
 */
public record FailedExecutionNews(String execution, @Nullable Call started, @Nullable Ending ended) {

    /** Bounds what is too long. */
    public FailedExecutionNews {
        if (started == null == (ended == null)) {
            throw new IllegalArgumentException("one of the two: " + started + ", " + ended);
        }
        execution = Bounded.text(execution);
    }

    /**
     * How an execution ended.
     *
     * @param machine the state machine's ARN
     * @param type {@code ExecutionFailed}, {@code ExecutionTimedOut} or {@code ExecutionAborted}
     */
    public record Ending(String machine, String type, @Nullable String error, @Nullable String cause) {

        /** Bounds what is too long. */
        public Ending {
            machine = Bounded.text(machine);
            type = Bounded.text(type);
            error = Bounded.textOrNull(error);
            cause = Bounded.textOrNull(cause);
        }
    }

    static FailedExecutionNews started(String execution, Call call) {
        return new FailedExecutionNews(execution, call, null);
    }

    static FailedExecutionNews ended(String execution, Ending ending) {
        return new FailedExecutionNews(execution, null, ending);
    }
}
