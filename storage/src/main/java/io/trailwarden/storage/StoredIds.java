package io.trailwarden.storage;

import io.trailwarden.event.CloudTrailEvent;
import io.trailwarden.event.DeadLetter;
import io.trailwarden.event.ExecutionEvent;
import java.util.Map;

/**
 * Which records the tables hold already, and from which delivery. One per subtask, used by one thread.
 *
 * <p>Days are read from the tables when first asked for and kept in memory; the least recently used ones are forgotten
 * when memory is short, but never one with records that are not committed yet.
 */
public final class StoredIds {

    StoredIds(Archive archive, String lineage, Map<String, Long> detected, long bytes, CapListener cap) {}

    /** Told that the ids of one day do not fit into the memory given: duplicates may be stored twice from now on. */
    @FunctionalInterface
    public interface CapListener {
        /**
         * Called once per day and opening.
         *
         * @param day in days since 1970
         * @param ids how many ids are remembered of it
         * @param bytes the limit
         */
        void reached(int day, long ids, long bytes);
    }

    /**
     * What this delivery means, and remembers it: the same call again answers {@link Outcome#REDELIVERED}. The caller
     * must write what {@link Outcome#store} and {@link Outcome#duplicate} ask for before the next checkpoint.
     */
    public Outcome claim(CloudTrailEvent event) {
        throw new UnsupportedOperationException();
    }

    /** As {@link #claim(CloudTrailEvent)}. */
    public Outcome claim(ExecutionEvent event) {
        throw new UnsupportedOperationException();
    }

    /** {@link Outcome#NEW} or {@link Outcome#REDELIVERED}. */
    public Outcome claim(DeadLetter letter) {
        throw new UnsupportedOperationException();
    }

    /**
     * Takes in files that a restored checkpoint holds and that may not be committed yet. Before the first claim.
     */
    public void include(PendingFiles pending) {
        throw new UnsupportedOperationException();
    }

    /** The barrier of a checkpoint has passed: what is claimed from now on belongs to a later one. */
    public void checkpoint(long checkpoint) {
        throw new UnsupportedOperationException();
    }

    /** All claims before the barrier of this checkpoint are in the tables and may be forgotten. */
    public void committed(long checkpoint) {
        throw new UnsupportedOperationException();
    }
}
