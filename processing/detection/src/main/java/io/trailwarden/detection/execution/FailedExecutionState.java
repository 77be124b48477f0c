package io.trailwarden.detection.execution;

import io.trailwarden.detection.Published;
import io.trailwarden.detection.Signal;
import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What is known about one execution (first round), or about the failed executions of one starter (second round).
 *
 * @param executions by ARN, at most {@link FailedExecutionDetector#MAX_EXECUTIONS}, those that were started first
 * @param more whether there were more
 * @param newest event time of the latest signal
 */
public record FailedExecutionState(
        Map<String, Execution> executions, boolean more, Instant newest, Published published) {

    /**
     * One execution.
     *
     * @param started the earliest call that started or redrove it against an expectation
     * @param ended its latest end, if that was a bad one
     */
    public record Execution(@Nullable Signal started, @Nullable Signal ended) {}
}
