package io.trailwarden.ingest.custody;

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
public record Problem(Kind what, String object, String digest, Instant time, String message) {

    /** What can happen to objects and digests; all after {@link #UNVERIFIABLE_DIGEST} only a {@link CustodyWatch} can see. */
    public enum Kind {
        /** The content is another than the one that was signed. */
        ALTERED_OBJECT,
        /** Named in a digest, and not there. */
        MISSING_OBJECT,
        /** There under another name than the one that was signed. */
        MOVED_OBJECT,
        /** There, and not named in the digests of its time. */
        UNKNOWN_OBJECT,
        /** Its signature or its hash does not fit. */
        ALTERED_DIGEST,
        /** Another digest refers to it, and it is not there. */
        MISSING_DIGEST,
        /** It lies where another one belongs. */
        MOVED_DIGEST,
        /** Not all of the time between two digests is covered: validation or logging was off. */
        GAP,
        /** No key or no signature to check it with. */
        UNVERIFIABLE_DIGEST,
        /** Named in a digest, in its place, and Trailwarden never read it. */
        UNREAD_OBJECT,
        /** Digests without a single object, where nearly every hour had some. */
        SILENT_TRAIL,
        /** CloudTrail says that somebody stopped the trail. */
        STOPPED_TRAIL,
        /** CloudTrail says that it cannot deliver. */
        UNDELIVERED,
        /** Digests or objects cannot be read, so nobody watches. */
        UNWATCHED
    }
}
