package io.trailwarden.jobs;

import io.trailwarden.event.topic.Topics;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/** Reads the compacted reference topic from its beginning to its present end. */
final class KafkaReferenceBacklog implements ReferenceBacklog {

    private static final long serialVersionUID = 1L;
    private static final Duration POLL = Duration.ofSeconds(1);

    private final KafkaAccess access;
    private final String clusterId;

    KafkaReferenceBacklog(KafkaAccess access, String clusterId) {
        this.access = access;
        this.clusterId = clusterId;
    }

    @Override
    public Content read() {
        Properties properties = access.clientProperties();
        properties.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, "false");
        properties.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest");
        try (KafkaConsumer<byte[], byte[]> consumer =
                new KafkaConsumer<>(properties, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
            List<TopicPartition> partitions = consumer.partitionsFor(Topics.REFERENCE.name()).stream()
                    .map(info -> new TopicPartition(info.topic(), info.partition()))
                    .toList();
            consumer.assign(partitions);
            consumer.seekToBeginning(partitions);
            Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
            List<ReferenceDelivered> records = new ArrayList<>();
            while (behind(consumer, ends)) {
                for (ConsumerRecord<byte[], byte[]> kafka : consumer.poll(POLL)) {
                    byte[] key = kafka.key() == null ? new byte[0] : kafka.key();
                    records.add(new ReferenceDelivered(kafka.partition(), kafka.offset(), key, kafka.value()));
                }
            }
            Map<Integer, Long> next = new HashMap<>();
            for (TopicPartition partition : partitions) {
                next.put(partition.partition(), consumer.position(partition));
            }
            return new Content(clusterId, records, next);
        }
    }

    private static boolean behind(KafkaConsumer<byte[], byte[]> consumer, Map<TopicPartition, Long> ends) {
        return ends.entrySet().stream().anyMatch(end -> consumer.position(end.getKey()) < end.getValue());
    }
}
