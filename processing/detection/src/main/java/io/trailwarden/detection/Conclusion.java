package io.trailwarden.detection;

import io.trailwarden.event.Finding;
import io.trailwarden.event.Severity;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a detector holds true now: a finding before it is a revision, without anything that depends on when it was made.
 * Two runs over the same events reach equal conclusions.
 *
 * <p>The components mean what they mean in {@link Finding}. {@code facts} keep their order.
 */
public record Conclusion(
        String id,
        String detection,
        Severity severity,
        String title,
        String description,
        String author,
        String subject,
        @Nullable String account,
        @Nullable String region,
        @Nullable String principal,
        Instant firstTime,
        Instant lastTime,
        List<String> eventIds,
        long eventCount,
        List<String> techniques,
        Map<String, String> facts,
        List<String> nextSteps) {

    /**
     * The finding's revision in state {@code OPEN}.
     *
     * @param suppression see {@link Finding}
     */
    public Finding revision(long revision, Instant detectedAt, @Nullable String suppression) {
        return new Finding(
                id,
                revision,
                Finding.State.OPEN,
                detection,
                severity,
                title,
                description,
                author,
                subject,
                account,
                region,
                principal,
                firstTime,
                lastTime,
                detectedAt,
                eventIds.size() > Finding.MAX_EVENT_IDS ? eventIds.subList(0, Finding.MAX_EVENT_IDS) : eventIds,
                eventCount,
                techniques,
                facts,
                nextSteps,
                suppression);
    }
}
