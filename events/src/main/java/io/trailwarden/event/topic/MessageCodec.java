package io.trailwarden.event.topic;

import org.jspecify.annotations.Nullable;

/** How the values of one topic are written as messages. Safe for any number of threads. */
public interface MessageCodec<T> {

    /** The value as a message. */
    Message encode(T value);

    /**
     * The value in this message; null for a message that only says that something is gone.
     *
     * @throws io.trailwarden.event.codec.MalformedRecordException if it holds something else
     */
    @Nullable
    T decode(Message message);
}
