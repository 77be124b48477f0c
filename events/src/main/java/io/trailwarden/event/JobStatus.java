package io.trailwarden.event;

import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * How one subtask of one part of a job is doing: sent every few seconds, keyed by part and subtask, the last one counts.
 *
 * <p>The sum over the subtasks of a part is the part's. Numbers are cumulative since the run began; a reader that sees
 * another {@code run} starts its rates anew.
 *
 * @param run the job's run: changes with every start or recovery
 * @param part for example {@code intake}, {@code detect} or {@code archive}; names and numbers are listed in
 *     {@code processing/jobs/README.md}
 * @param subtask zero-based
 * @param subtasks how many the part has
 * @param at when it was measured
 * @param watermark event time up to which the part has seen everything; null while it has seen nothing
 * @param numbers counters and gauges by their stable names, for example {@code received} or {@code lagMillis}
 */
public record JobStatus(
        String run,
        String part,
        int subtask,
        int subtasks,
        Instant at,
        @Nullable Instant watermark,
        Map<String, Long> numbers) {}
