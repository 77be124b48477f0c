package io.trailwarden.detection.execution;

import io.trailwarden.detection.Call;
import io.trailwarden.detection.Published;
import io.trailwarden.detection.execution.FailedExecutionNews.Ending;
import io.trailwarden.event.Sighting;
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
     * @param start the earliest call that started or redrove it against an expectation
     * @param end its latest end, if that was a bad one
     */
    public record Execution(@Nullable Start start, @Nullable End end) {}

    /** A call that started an execution. */
    public record Start(Sighting event, Call call) {}

    /** The end of an execution. */
    public record End(Sighting event, Ending ending) {}
}
