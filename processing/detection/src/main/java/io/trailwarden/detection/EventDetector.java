package io.trailwarden.detection;

import io.trailwarden.detection.reference.Reference;
import io.trailwarden.event.AuditEvent;
import java.io.Serializable;
import java.util.Map;

/**
 * A detection that needs nothing but the one event at hand and the reference data. It runs in the source chain, on every
 * event, before anything is shuffled; so it allocates nothing when it has nothing to say.
 *
 * <p>One instance serves one subtask and is not shared between threads. What it derives from the reference data it may
 * keep for as long as it is handed the same {@link Reference} object.
 */
public interface EventDetector extends Serializable {

    /** Judges one event. */
    void inspect(AuditEvent event, Reference reference, Findings out);

    /** What it counts, by stable names, for people who watch the job. Cheap; asked every few seconds. */
    default Map<String, Long> numbers(Reference reference) {
        return Map.of();
    }
}
