package io.trailwarden.event.topic;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One record of a topic as Kafka keeps it. Arrays are handed over, not copied: nobody changes them.
 *
 * @param value null: of a compacted topic, whatever the key stood for is gone
 */
public record Message(byte[] key, byte @Nullable [] value, List<Header> headers) {

    /** One header. */
    public record Header(String name, byte[] value) {}

    /** A record without headers. */
    public Message(byte[] key, byte @Nullable [] value) {
        this(key, value, List.of());
    }
}
