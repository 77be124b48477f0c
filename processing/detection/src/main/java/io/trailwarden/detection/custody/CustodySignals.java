package io.trailwarden.detection.custody;

import io.trailwarden.detection.Signal;
import io.trailwarden.detection.SignalSource;
import io.trailwarden.detection.reference.Reference;
import io.trailwarden.event.Sighting;
import io.trailwarden.event.codec.EventKeys;
import io.trailwarden.event.custody.CustodyObservation;
import java.util.function.Consumer;

/** Hands on every observation: they are few, because only what changed is told. */
final class CustodySignals implements SignalSource<CustodyKey, CustodyObservation> {

    @Override
    public void readObservation(
            CustodyObservation observation, Reference reference, Consumer<Signal<CustodyKey, CustodyObservation>> out) {
        out.accept(new Signal<>(
                CustodyDetector.NAME,
                CustodyKey.of(observation),
                new Sighting(observation.times().seen(), EventKeys.of(observation)),
                observation));
    }
}
