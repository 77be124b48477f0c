package io.trailwarden.detection.rules;

import io.trailwarden.detection.Findings;
import io.trailwarden.detection.Round;
import io.trailwarden.detection.reference.Reference;
import io.trailwarden.event.Sighting;

/** The one round of the correlations, by hand. */
record OnlyRound(CorrelationKey key, Reference reference, Findings findings)
        implements Round<CorrelationKey, CorrelationNews> {

    @Override
    public int number() {
        return 1;
    }

    @Override
    public void tell(CorrelationKey other, Sighting event, CorrelationNews news) {
        throw new AssertionError("there is no next round: " + news);
    }
}
