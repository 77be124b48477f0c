package io.trailwarden.detection;

import io.trailwarden.detection.reference.Reference;
import io.trailwarden.event.CloudTrailEvent;
import io.trailwarden.event.ExecutionEvent;
import java.util.function.Consumer;

/**
 * The front end of a {@link KeyedDetector} in the source chain: says what of an event its detector needs to know.
 *
 * <p>It runs on every event in the hot chain and therefore allocates nothing when there is nothing to say. It may
 * remember what it has said and stay silent where repeating it would not change the outcome; losing that memory is
 * harmless. One instance serves one subtask and is not shared between threads.
 */
public interface SignalSource {

    /** Hands on what this record says, if anything. */
    void read(CloudTrailEvent event, Reference reference, Consumer<Signal> out);

    /** Hands on what this history event says, if anything. */
    void read(ExecutionEvent event, Reference reference, Consumer<Signal> out);
}
