package io.trailwarden.ingest;

/** The moments at which losing the process is most dangerous; tests kill it there. */
public enum FailPoint {
    /** The object is in memory, nothing of it is sent. */
    AFTER_READ,
    /** All records are handed to Kafka's client, perhaps none is acknowledged. */
    AFTER_SEND,
    /** All records are acknowledged, the receipt is not sent. */
    BEFORE_RECEIPT,
    /** Everything is stored, the position does not say so yet. */
    BEFORE_POSITION;

    /** Told whenever one is reached. */
    @FunctionalInterface
    public interface Listener {

        /** What production uses. */
        Listener NONE = (point, object) -> {};

        /** The ingester is at this point with this object or position. */
        void reached(FailPoint point, String object);
    }
}
