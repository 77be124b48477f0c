package io.trailwarden.detection;

import io.trailwarden.event.Severity;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What one key has published and still stands: enough to see that a conclusion is new or changed, and to withdraw it.
 * Part of a detector's state.
 *
 * @param open by finding id
 * @param highest the highest revision this key has given to any finding
 */
public record Published(Map<String, Mark> open, long highest) {

    /** Nothing published yet. */
    public static final Published NOTHING = new Published(Map.of(), 0);

    /**
     * Forgets findings whose evidence begins before this time, because the evidence is no longer in the state: they
     * stand as they are and will not be withdrawn.
     */
    public Published keepFrom(Instant time) {
        Map<String, Mark> kept = new LinkedHashMap<>(open);
        kept.values().removeIf(mark -> mark.firstTime().isBefore(time));
        return kept.size() == open.size() ? this : new Published(kept, highest);
    }

    /**
     * One open finding.
     *
     * @param digest of the conclusion as it was published
     */
    public record Mark(
            String digest,
            String detection,
            Severity severity,
            String title,
            String author,
            String subject,
            @Nullable String account,
            @Nullable String region,
            @Nullable String principal,
            Instant firstTime,
            Instant lastTime) {}
}
