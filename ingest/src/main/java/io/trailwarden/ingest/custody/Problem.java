package io.trailwarden.ingest.custody;

import io.trailwarden.event.custody.CustodyObservation.Kind;
import java.time.Instant;

/**
 * Something that is not as CloudTrail signed it.
 *
 * @param what happened
 * @param object which object or digest, by its key
 * @param digest that shows it, by its key
 * @param time in AWS's time: where the digest that shows it begins; of a gap where it begins; of a digest that is not
 *     sound what its name says
 * @param message for people
 */
public record Problem(Kind what, String object, String digest, Instant time, String message) {}
