package io.trailwarden.jobs;

import io.trailwarden.event.ReferenceEntry;
import io.trailwarden.event.codec.EventKeys;
import io.trailwarden.event.codec.RecordCodec;
import io.trailwarden.jobs.operator.ReferenceDelivered;
import io.trailwarden.jobs.operator.ReferenceFeed;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;

/** Reference data from a list in this JVM; survives Java serialisation by its name. */
public record ListFeed(String name, String incarnation) implements ReferenceFeed {

    private static final long serialVersionUID = 1L;
    private static final Map<String, List<ReferenceDelivered>> TOPICS = new ConcurrentHashMap<>();

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
        List<ReferenceDelivered> topic = topic();
        topic.add(new ReferenceDelivered(0, topic.size(), key.getBytes(StandardCharsets.UTF_8), value));
        return this;
    }

    private List<ReferenceDelivered> topic() {
        return TOPICS.computeIfAbsent(name, unused -> new CopyOnWriteArrayList<>());
    }

    @Override
    public Reader open() {
        return new ListReader(this, new int[1]);
    }

    private record ListReader(ListFeed feed, int[] next) implements Reader {
        @Override
        public String incarnation() {
            return feed.incarnation;
        }

        @Override
        public List<ReferenceDelivered> backlog() {
            return changes();
        }

        @Override
        public List<ReferenceDelivered> changes() {
            List<ReferenceDelivered> all = feed.topic();
            List<ReferenceDelivered> changes = new ArrayList<>(all.subList(next[0], all.size()));
            next[0] = all.size();
            return changes;
        }

        @Override
        public void close() {}
    }
}
