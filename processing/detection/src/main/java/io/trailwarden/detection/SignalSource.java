package io.trailwarden.detection;

import io.trailwarden.detection.reference.Reference;
import io.trailwarden.event.AuditEvent;
import io.trailwarden.event.CloudTrailEvent;
import io.trailwarden.event.ExecutionEvent;
import io.trailwarden.event.custody.CustodyObservation;
import java.util.function.Consumer;

/**
 * The front end of a {@link KeyedDetector} in the source chain: says what of an event, or of an observation, its detector
 * needs to know.
 *
 * <p>It runs on every event in the hot chain and therefore allocates nothing when there is nothing to say. It may
 * remember what it has said and stay silent where repeating it would not change the outcome; losing that memory is
 * harmless. One instance serves one subtask and is not shared between threads.
 *
 * @param <K> the detector's keys
 * @param <N> the detector's news
 */
public interface SignalSource<K extends Record, N extends Record> {

    /** Hands on what this event says, if anything. */
    default void read(AuditEvent event, Reference reference, Consumer<Signal<K, N>> out) {
        if (event instanceof CloudTrailEvent call) {
            readCall(call, reference, out);
        } else {
            readStep((ExecutionEvent) event, reference, out);
        }
    }

    /** Hands on what this CloudTrail record says, if anything. */
    default void readCall(CloudTrailEvent event, Reference reference, Consumer<Signal<K, N>> out) {}

    /** Hands on what this Step Functions history event says, if anything. */
    default void readStep(ExecutionEvent event, Reference reference, Consumer<Signal<K, N>> out) {}

    /**
     * Hands on what this observation of CloudTrail's digests and objects says, if anything. No event is behind it, and it
     * may come several times.
     */
    default void readObservation(CustodyObservation observation, Reference reference, Consumer<Signal<K, N>> out) {}
}
