package io.trailwarden.detection.example;

import io.trailwarden.detection.Published;
import io.trailwarden.event.Sighting;
import java.util.Map;

/**
 * What one principal did on one day.
 *
 * @param regions by Region, at most {@link RegionSweepDetector#MAX_REGIONS}: those that come first in the alphabet
 */
public record RegionSweepState(Map<String, Tried> regions, Published published) {

    /** The earliest call in a Region, and whether any call succeeded there. */
    public record Tried(Sighting first, boolean succeeded) {

        Tried and(Tried other) {
            return new Tried(first.compareTo(other.first) <= 0 ? first : other.first, succeeded || other.succeeded);
        }
    }
}
