package io.trailwarden.storage.ids;

/**
 * What one delivery of one record means for storing, counting and detecting; exactly one per delivery.
 *
 * <p>The two outcomes "undetected" appear after detection state was lost or taken back to an older checkpoint: the
 * tables know the event, the state does not. It must then be detected again (finding ids are deterministic, so this
 * finds nothing twice) but not stored again.
 */
public enum Outcome {
    /** First delivery of this record: store it, detect on it. */
    NEW(true, false, true),
    /** As {@link #NEW}, and another event of that day bears the same id: it was masked, or somebody made it up. */
    NEW_UNDER_KNOWN_ID(true, false, true),
    /** Stored already from another origin: remember this delivery in {@code duplicates}. */
    DUPLICATE(false, true, false),
    /** As {@link #DUPLICATE}, but this detection state has not seen the event. */
    DUPLICATE_UNDETECTED(false, true, true),
    /** This very delivery was stored (or remembered as a duplicate, or as a dead letter) before: count it only. */
    REDELIVERED(false, false, false),
    /** As {@link #REDELIVERED}, but this detection state has not seen the event. */
    REDELIVERED_UNDETECTED(false, false, true);

    private final boolean store;
    private final boolean duplicate;
    private final boolean detect;

    Outcome(boolean store, boolean duplicate, boolean detect) {
        this.store = store;
        this.duplicate = duplicate;
        this.detect = detect;
    }

    /** Whether the record goes into its own table. */
    public boolean store() {
        return store;
    }

    /** Whether the delivery goes into {@code duplicates}. */
    public boolean duplicate() {
        return duplicate;
    }

    /** Whether the delivery is counted as redelivered, beside the ledger. */
    public boolean redelivered() {
        return !store && !duplicate;
    }

    /** Whether detectors must see the record. */
    public boolean detect() {
        return detect;
    }
}
