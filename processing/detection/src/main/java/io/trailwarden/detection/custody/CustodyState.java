package io.trailwarden.detection.custody;

import io.trailwarden.detection.Published;
import io.trailwarden.event.custody.CustodyObservation;

/**
 * What is known of one thing that may be wrong.
 *
 * @param latest what was seen of it last
 * @param published what stands
 */
public record CustodyState(CustodyObservation latest, Published published) {}
