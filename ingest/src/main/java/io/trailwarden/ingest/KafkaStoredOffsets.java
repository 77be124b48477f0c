package io.trailwarden.ingest;

import io.trailwarden.event.topic.Topics;
import io.trailwarden.kafka.Offsets;
import io.trailwarden.kafka.TopicReader;
import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;

/** The committed offsets of group {@link Topics#STORED_GROUP}; nothing counts as stored because of a log that is gone. */
public final class KafkaStoredOffsets implements StoredOffsets, AutoCloseable {

    private final Offsets offsets;

    private KafkaStoredOffsets(Offsets offsets) {
        this.offsets = offsets;
    }

    /**
     * Connects as these properties say.
     *
     * @param connection {@code bootstrap.servers} and, where needed, security settings
     */
    public static KafkaStoredOffsets open(Map<String, String> connection) {
        Map<String, String> named = new HashMap<>(connection);
        named.putIfAbsent(AdminClientConfig.CLIENT_ID_CONFIG, "trailwarden-positions");
        return new KafkaStoredOffsets(Offsets.open(named, TopicReader.PATIENCE));
    }

    @Override
    public Map<TopicPartition, Long> committed() throws InterruptedException, IngestException {
        try {
            return offsets.committedOfPresent(Topics.STORED_GROUP);
        } catch (KafkaException e) {
            throw new IngestException("Kafka does not tell the offsets of group " + Topics.STORED_GROUP, e);
        }
    }

    @Override
    public void close() {
        offsets.close();
    }
}
