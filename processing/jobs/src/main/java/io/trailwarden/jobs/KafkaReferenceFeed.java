package io.trailwarden.jobs;

import io.trailwarden.event.topic.Topics;
import io.trailwarden.jobs.operator.ReferenceDelivered;
import io.trailwarden.jobs.operator.ReferenceFeed;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

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
        Properties properties = access.clientProperties();
        properties.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, "false");
        properties.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest");
        return new KafkaReader(
                clusterId, new KafkaConsumer<>(properties, new ByteArrayDeserializer(), new ByteArrayDeserializer()));
    }

    private record KafkaReader(String incarnation, KafkaConsumer<byte[], byte[]> consumer) implements Reader {

        private static final Duration POLL = Duration.ofSeconds(1);

        @Override
        public List<ReferenceDelivered> backlog() {
            List<TopicPartition> partitions = consumer.partitionsFor(Topics.REFERENCE.name()).stream()
                    .map(info -> new TopicPartition(info.topic(), info.partition()))
                    .toList();
            consumer.assign(partitions);
            consumer.seekToBeginning(partitions);
            Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
            List<ReferenceDelivered> records = new ArrayList<>();
            while (ends.entrySet().stream().anyMatch(end -> consumer.position(end.getKey()) < end.getValue())) {
                poll(POLL, records);
            }
            return records;
        }

        @Override
        public List<ReferenceDelivered> changes() {
            List<ReferenceDelivered> records = new ArrayList<>();
            poll(Duration.ZERO, records);
            return records;
        }

        private void poll(Duration atMost, List<ReferenceDelivered> to) {
            for (ConsumerRecord<byte[], byte[]> kafka : consumer.poll(atMost)) {
                byte[] key = kafka.key() == null ? new byte[0] : kafka.key();
                to.add(new ReferenceDelivered(kafka.partition(), kafka.offset(), key, kafka.value()));
            }
        }

        @Override
        public void close() {
            consumer.close();
        }
    }
}
