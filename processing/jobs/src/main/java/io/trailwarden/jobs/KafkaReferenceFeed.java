package io.trailwarden.jobs;

import io.trailwarden.event.ReferenceEntry;
import io.trailwarden.event.topic.Topics;
import io.trailwarden.jobs.operator.ReferenceFeed;
import io.trailwarden.kafka.TopicReader;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Reads the compacted reference topic from its beginning, and goes on. */
final class KafkaReferenceFeed implements ReferenceFeed {

    private static final long serialVersionUID = 1L;

    private final KafkaAccess access;
    private final String clusterId;

    KafkaReferenceFeed(KafkaAccess access, String clusterId) {
        this.access = access;
        this.clusterId = clusterId;
    }

    @Override
    public Reader open() {
        return new KafkaReader(clusterId, TopicReader.open(Topics.REFERENCE, access.connection()));
    }

    private record KafkaReader(String incarnation, TopicReader<ReferenceEntry> topic) implements Reader {

        @Override
        public List<ReferenceEntry> backlog() {
            List<ReferenceEntry> entries = new ArrayList<>();
            topic.fromBeginning();
            topic.readToEnd((at, entry) -> entries.add(entry));
            return entries;
        }

        @Override
        public List<ReferenceEntry> changes() {
            List<ReferenceEntry> entries = new ArrayList<>();
            topic.poll(Duration.ZERO, (at, entry) -> entries.add(entry));
            return entries;
        }

        @Override
        public long malformed() {
            return topic.unreadable();
        }

        @Override
        public void close() {
            topic.close();
        }
    }
}
