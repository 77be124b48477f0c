package io.trailwarden.detection.custody;

import io.trailwarden.event.Bounded;
import io.trailwarden.event.custody.CustodyObservation;
import io.trailwarden.event.custody.CustodyObservation.Kind;
import java.time.Instant;

/**
 * One thing that may be wrong at one place, and so one finding.
 *
 * @param bucket empty of a trail
 * @param name key in the bucket, or the trail's ARN
 * @param window see {@link CustodyObservation#window()}
 */
public record CustodyKey(Kind what, String bucket, String name, Instant window) {

    /** Bounds what is too long. */
    public CustodyKey {
        bucket = Bounded.text(bucket);
        name = Bounded.text(name);
    }

    static CustodyKey of(CustodyObservation observation) {
        CustodyObservation.Place place = observation.place();
        return new CustodyKey(
                observation.what(), place.bucket() == null ? "" : place.bucket(), place.name(), observation.window());
    }
}
