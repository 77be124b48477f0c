package io.trailwarden.ingest.custody;

/**
 * Something that is not as CloudTrail signed it.
 *
 * @param what happened
 * @param object which object or digest, by its key
 * @param digest that shows it, by its key
 * @param message for people
 */
public record Problem(Kind what, String object, String digest, String message) {

    /** What can happen to objects and digests. */
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
        UNVERIFIABLE_DIGEST
    }
}
