package io.trailwarden.jobs.state;

/**
 * What a detector's state is kept by: the detector, and its own key. Its hash is the same in every process.
 *
 * <p>A class and not a record, because the hash is computed once: it is asked for at every access to the state.
 */
public final class StateKey {

    private final String detector;
    private final Record key;
    private final int hash;

    public StateKey(String detector, Record key) {
        this.detector = detector;
        this.key = key;
        this.hash = 31 * detector.hashCode() + StableHash.of(key);
    }

    /** The detector's name. */
    public String detector() {
        return detector;
    }

    /** The detector's own key. */
    public Record key() {
        return key;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof StateKey that
                && hash == that.hash
                && detector.equals(that.detector)
                && key.equals(that.key);
    }

    @Override
    public int hashCode() {
        return hash;
    }

    @Override
    public String toString() {
        return detector + ' ' + key;
    }
}
