package io.trailwarden.ingest;

import io.trailwarden.event.topic.Topics;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.common.TopicPartition;

/**
 * The committed offsets of group {@link Topics#STORED_GROUP}.
 *
 * <p>An offset behind the end of its partition is no promise about what is there: it was committed for a log that is
 * gone. It is left out, so that nothing counts as stored because of it.
 */
public final class KafkaStoredOffsets implements StoredOffsets, AutoCloseable {

    private final Admin admin;

    private KafkaStoredOffsets(Admin admin) {
        this.admin = admin;
    }

    /**
     * Connects as these properties say.
     *
     * @param connection {@code bootstrap.servers} and, where needed, security settings
     */
    public static KafkaStoredOffsets open(Map<String, String> connection) {
        Map<String, Object> properties = new HashMap<>(connection);
        properties.putIfAbsent(AdminClientConfig.CLIENT_ID_CONFIG, "trailwarden-positions");
        return new KafkaStoredOffsets(Admin.create(properties));
    }

    @Override
    public Map<TopicPartition, Long> committed() throws InterruptedException, IngestException {
        try {
            Map<TopicPartition, Long> committed = new HashMap<>();
            Map<TopicPartition, OffsetSpec> ends = new HashMap<>();
            admin.listConsumerGroupOffsets(Topics.STORED_GROUP)
                    .partitionsToOffsetAndMetadata()
                    .get()
                    .forEach((partition, offset) -> {
                        if (offset != null) {
                            committed.put(partition, offset.offset());
                            ends.put(partition, OffsetSpec.latest());
                        }
                    });
            if (!ends.isEmpty()) {
                admin.listOffsets(ends).all().get().forEach((partition, end) -> {
                    if (committed.get(partition) > end.offset()) {
                        committed.remove(partition);
                    }
                });
            }
            return committed;
        } catch (ExecutionException e) {
            throw new IngestException("Kafka does not tell the offsets of group " + Topics.STORED_GROUP, e.getCause());
        }
    }

    @Override
    public void close() {
        admin.close(Duration.ofSeconds(5));
    }
}
