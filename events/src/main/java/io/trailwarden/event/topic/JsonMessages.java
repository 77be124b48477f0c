package io.trailwarden.event.topic;

import io.trailwarden.event.ReferenceEntry;
import io.trailwarden.event.codec.EventKeys;
import io.trailwarden.event.codec.MalformedRecordException;
import io.trailwarden.event.codec.RecordCodec;
import io.trailwarden.event.topic.Topic.Kept;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Our own records as JSON. */
final class JsonMessages {

    private JsonMessages() {}

    /** A topic of such records; of a compacted one, a message without a value only says that its key is gone. */
    static <T extends Record> Topic<T> topic(String name, Kept kept, Function<T, String> key, RecordCodec<T> json) {
        return new Topic<>(name, kept, new MessageCodec<T>() {
            @Override
            public Message encode(T value) {
                return new Message(bytes(key.apply(value)), json.encode(value));
            }

            @Override
            public @Nullable T decode(Message message) {
                byte[] value = message.value();
                if (value == null) {
                    if (kept == Kept.SPAN) {
                        throw new MalformedRecordException("a record of " + name + " without a value");
                    }
                    return null;
                }
                return json.decode(value);
            }
        });
    }

    /** Reference data: an entry without a body is a message without a value, and the other way round. */
    static Topic<ReferenceEntry> reference(String name) {
        return new Topic<>(name, Kept.LATEST_IN_ONE_ORDER, new MessageCodec<>() {
            @Override
            public Message encode(ReferenceEntry entry) {
                return new Message(
                        bytes(EventKeys.of(entry)), entry.body() == null ? null : RecordCodec.REFERENCE.encode(entry));
            }

            @Override
            public ReferenceEntry decode(Message message) {
                byte[] value = message.value();
                return value == null ? removed(message.key()) : RecordCodec.REFERENCE.decode(value);
            }
        });
    }

    private static ReferenceEntry removed(byte[] key) {
        String text = new String(key, StandardCharsets.UTF_8);
        int bar = text.indexOf('|');
        for (ReferenceEntry.Kind kind : ReferenceEntry.Kind.values()) {
            if (bar > 0 && text.substring(0, bar).equals(kind.name())) {
                return new ReferenceEntry(kind, text.substring(bar + 1), null, Instant.EPOCH);
            }
        }
        throw new MalformedRecordException("a tombstone whose key is not kind|key");
    }

    private static byte[] bytes(String key) {
        return key.getBytes(StandardCharsets.UTF_8);
    }
}
