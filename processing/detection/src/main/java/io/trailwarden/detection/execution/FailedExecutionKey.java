package io.trailwarden.detection.execution;

import io.trailwarden.event.Bounded;
import org.jspecify.annotations.Nullable;

/**
 * What failed executions are gathered by: exactly one of the two.
 *
 * @param execution in the first round, the execution's ARN
 * @param starter in the second, who started what on which day
 */
public record FailedExecutionKey(@Nullable String execution, @Nullable Starter starter) {

    /** Bounds what is too long. */
    public FailedExecutionKey {
        if (execution == null == (starter == null)) {
            throw new IllegalArgumentException("one of the two: " + execution + ", " + starter);
        }
        execution = Bounded.textOrNull(execution);
    }

    /**
     * Who started a state machine's executions on one day.
     *
     * @param day of the start, for example {@code 2026-03-02}
     */
    public record Starter(String account, String principal, String machine, String day) {

        /** Bounds what is too long. */
        public Starter {
            account = Bounded.text(account);
            principal = Bounded.text(principal);
            machine = Bounded.text(machine);
        }
    }

    static FailedExecutionKey of(String execution) {
        return new FailedExecutionKey(execution, null);
    }

    static FailedExecutionKey of(Starter starter) {
        return new FailedExecutionKey(null, starter);
    }
}
