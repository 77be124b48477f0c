package io.trailwarden.detection.throttling;

import io.trailwarden.detection.Published;
import io.trailwarden.event.Sighting;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The throttled calls against one quota: one account, Region, service and call.
 *
 * @param minutes by minute since 1970, only those in which something was throttled; at most
 *     {@link ThrottlingDetector#MAX_MINUTES}
 * @param folded throttled calls of days that are too old to be kept by minute, by day since 1970
 * @param since minutes before this are folded; null: none is
 * @param published what stands
 */
public record ThrottlingState(
        String account,
        String region,
        String service,
        String call,
        Map<Long, Minute> minutes,
        Map<Long, Long> folded,
        @Nullable Instant since,
        Published published) {

    /**
     * One minute.
     *
     * @param callers throttled calls by caller, at most {@link ThrottlingDetector#MAX_CALLERS}
     * @param others throttled calls of further callers
     * @param codes how often each error name was seen
     * @param quota how many of them were about a fixed quota and not about a rate
     * @param readOnly how many of them would have changed nothing
     * @param first the earliest
     * @param last the latest
     * @param earliest the events to show as evidence: those among the earliest of their burst
     */
    public record Minute(
            Map<String, Tally> callers,
            Tally others,
            Map<String, Long> codes,
            long quota,
            long readOnly,
            Instant first,
            Instant last,
            List<Sighting> earliest) {}

    /**
     * One caller in one minute.
     *
     * @param cloudTrail throttled calls in CloudTrail
     * @param executions throttled tasks in execution logs
     */
    public record Tally(long cloudTrail, long executions) {}
}
