package io.trailwarden.jobs;

import io.trailwarden.event.ReferenceEntry;
import io.trailwarden.event.codec.EventKeys;
import io.trailwarden.event.codec.MalformedRecordException;
import io.trailwarden.event.codec.RecordCodec;
import io.trailwarden.event.topic.Message;
import io.trailwarden.event.topic.Topics;
import io.trailwarden.jobs.operator.ReferenceFeed;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;

/** Reference data from a list in this JVM; survives Java serialisation by its name. */
public record ListFeed(String name, String incarnation) implements ReferenceFeed {

    private static final long serialVersionUID = 1L;
    private static final Map<String, List<Message>> TOPICS = new ConcurrentHashMap<>();

    public static ListFeed empty() {
        return new ListFeed(UUID.randomUUID().toString(), "first");
    }

    public static ReferenceEntry account(String id) {
        return new ReferenceEntry(ReferenceEntry.Kind.ACCOUNT, id, "{\"name\":\"test\"}", TestRecords.NOON);
    }

    public ListFeed put(ReferenceEntry entry) {
        return put(EventKeys.of(entry), entry.body() == null ? null : RecordCodec.REFERENCE.encode(entry));
    }

    public ListFeed put(String key, byte @Nullable [] value) {
        List<Message> topic = topic();
        topic.add(new Message(key.getBytes(StandardCharsets.UTF_8), value));
        return this;
    }

    private List<Message> topic() {
        return TOPICS.computeIfAbsent(name, unused -> new CopyOnWriteArrayList<>());
    }

    @Override
    public Reader open() {
        return new ListReader(this);
    }

    private static final class ListReader implements Reader {

        private final ListFeed feed;
        private int next;
        private long malformed;

        ListReader(ListFeed feed) {
            this.feed = feed;
        }

        @Override
        public String incarnation() {
            return feed.incarnation;
        }

        @Override
        public List<ReferenceEntry> backlog() {
            return changes();
        }

        @Override
        public List<ReferenceEntry> changes() {
            List<Message> all = feed.topic();
            List<ReferenceEntry> changes = new ArrayList<>();
            for (; next < all.size(); next++) {
                try {
                    changes.add(Objects.requireNonNull(Topics.REFERENCE.decode(all.get(next))));
                } catch (MalformedRecordException e) {
                    malformed++;
                }
            }
            return changes;
        }

        @Override
        public long malformed() {
            return malformed;
        }

        @Override
        public void close() {}
    }
}
