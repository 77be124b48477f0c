package io.trailwarden.event.topic;

import org.jspecify.annotations.Nullable;

/**
 * A topic: its name, what travels on it, and how that is written. Whoever writes or reads it does so by this.
 *
 * @param name as in Kafka
 * @param kept what Kafka keeps of it
 * @param codec from values to messages and back, with their keys: two values of one key reach one partition, in their
 *     order
 */
public record Topic<T>(String name, Kept kept, MessageCodec<T> codec) {

    /** What Kafka keeps of a topic. */
    public enum Kept {
        /** A span of time. */
        SPAN,
        /** The last value of every key. */
        LATEST,
        /** The last value of every key; all of them in partition 0, because what several write has one order. */
        LATEST_IN_ONE_ORDER
    }

    /** Whether Kafka keeps the last value of every key instead of a span of time. */
    public boolean compacted() {
        return kept != Kept.SPAN;
    }

    /** This value as a message. */
    public Message encode(T value) {
        return codec.encode(value);
    }

    /**
     * The value in this message; null for a message that only says that something is gone.
     *
     * @throws io.trailwarden.event.codec.MalformedRecordException if it holds something else
     */
    public @Nullable T decode(Message message) {
        return codec.decode(message);
    }
}
