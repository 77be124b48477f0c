package io.trailwarden.event.custody;

import io.trailwarden.event.Bounded;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a watcher saw of CloudTrail's digests and objects: something at one place is not as CloudTrail signed it, or is in
 * order again. It says nothing of how bad that is and of what to do.
 *
 * <p>One observation holds everything of a kind that one digest shows, so that a bucket that was emptied gives as many as
 * it has hours and not as many as it had objects. A later one (see {@link Times#seen}) of the same kind, place and
 * {@link #window()} replaces it.
 *
 * @param digest that shows it, by its key; null of what concerns a trail or a bucket as a whole
 * @param details each once, by object and message; of a longer list, the first {@link #MAX_DETAILS} are kept
 * @param count how many details there are, also those not listed
 */
public record CustodyObservation(
        Kind what, Place place, State state, Times times, @Nullable String digest, List<Detail> details, long count) {

    /** How many details an observation lists; {@code custody verify} lists all. */
    public static final int MAX_DETAILS = 10;

    /** Cuts the list. What a reader found absent stays absent until the reader has missed it by name. */
    public CustodyObservation {
        if (details != null && details.size() > MAX_DETAILS) {
            details = details.subList(0, MAX_DETAILS);
        }
    }

    /** What can be seen; all after {@link #UNVERIFIABLE_DIGEST} only by who watches. */
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
        /** CloudTrail says that it cannot deliver digests. */
        UNDELIVERED_DIGESTS,
        /** CloudTrail says that it cannot deliver objects. */
        UNDELIVERED_OBJECTS,
        /** Digests or objects cannot be read, so nobody watches. */
        UNWATCHED;

        /** Whether it can be at one place several times: a digest is one hour and says so, a trail does not. */
        public boolean recurs() {
            return switch (this) {
                case GAP, SILENT_TRAIL, STOPPED_TRAIL, UNDELIVERED_DIGESTS, UNDELIVERED_OBJECTS -> true;
                default -> false;
            };
        }
    }

    /** Whether it is still so. */
    public enum State {
        /** It was so when it was seen. */
        HOLDS,
        /** What was missing has come, what was wrong is as it was signed, or another observation says more. */
        IN_ORDER
    }

    /**
     * Where it is.
     *
     * @param bucket null of a trail
     * @param name key, or beginning of keys, in the bucket, empty of the bucket as a whole; of a trail its ARN
     * @param account whose records lie there; null if that is not known
     * @param region of these records; null if that is not known
     */
    public record Place(@Nullable String bucket, String name, @Nullable String account, @Nullable String region) {

        /** A bucket as a whole. */
        public static Place bucket(String bucket) {
            return new Place(bucket, "", null, null);
        }
    }

    /**
     * When.
     *
     * @param aws when it was by AWS's clock; null if AWS gives no time
     * @param first when it was first seen to be so, by AWS's clock
     * @param seen when this was seen, by AWS's clock; ascending from one observation to the next that replaces it
     * @param watchedUntil until when it is looked at again; then it stands as it is. Null: without an end
     */
    public record Times(@Nullable Instant aws, Instant first, Instant seen, @Nullable Instant watchedUntil) {}

    /**
     * One thing.
     *
     * @param object which object or digest, by its key; empty of what concerns a trail or a bucket as a whole
     * @param message what was seen
     */
    public record Detail(String object, String message) implements Comparable<Detail> {

        /** Bounds what is too long. */
        public Detail {
            object = object == null ? null : Bounded.text(object);
            message = message == null ? null : Bounded.text(message);
        }

        @Override
        public int compareTo(Detail other) {
            int byObject = object.compareTo(other.object);
            return byObject != 0 ? byObject : message.compareTo(other.message);
        }
    }

    /** What tells two observations of a kind at one place apart: {@link Instant#EPOCH} where nothing needs to. */
    public Instant window() {
        return what.recurs() && times.aws() != null ? times.aws() : Instant.EPOCH;
    }

    /** The same as it is seen now. */
    public CustodyObservation at(State state, Instant seen) {
        return new CustodyObservation(
                what,
                place,
                state,
                new Times(times.aws(), times.first(), seen, times.watchedUntil()),
                digest,
                details,
                count);
    }
}
