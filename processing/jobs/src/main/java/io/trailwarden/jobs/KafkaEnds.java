package io.trailwarden.jobs;

import io.trailwarden.event.topic.Topic;
import io.trailwarden.event.topic.Topics;
import io.trailwarden.jobs.intake.Delivered;
import java.util.List;
import java.util.Locale;
import java.util.Properties;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.flink.api.connector.sink2.Sink;
import org.apache.flink.api.connector.source.Source;
import org.apache.flink.connector.base.DeliveryGuarantee;
import org.apache.flink.connector.kafka.sink.KafkaSink;
import org.apache.flink.connector.kafka.source.KafkaSource;
import org.apache.flink.connector.kafka.source.KafkaSourceBuilder;
import org.apache.flink.connector.kafka.source.enumerator.initializer.OffsetsInitializer;
import org.apache.kafka.clients.admin.Admin;

/** The job's Kafka sources and sinks. */
final class KafkaEnds {

    /** The topics whose records the intake reads, in one source. */
    private static final List<String> RECORD_TOPICS =
            List.of(Topics.CLOUDTRAIL.name(), Topics.EXECUTIONS.name(), Topics.RECEIPTS.name(), Topics.CUSTODY.name());

    private final KafkaAccess access;

    KafkaEnds(KafkaAccess access) {
        this.access = access;
    }

    /**
     * The cluster's id, which names this incarnation of the topics.
     *
     * @throws IllegalStateException if Kafka cannot be reached
     */
    String clusterId() {
        try (Admin admin = Admin.create(access.clientProperties())) {
            return admin.describeCluster().clusterId().get(60, TimeUnit.SECONDS);
        } catch (ExecutionException | TimeoutException e) {
            throw new IllegalStateException("Kafka at " + access.bootstrapServers() + " cannot be reached", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("Stopped while asking Kafka for its id", e);
        }
    }

    Source<Delivered, ?, ?> records() {
        return build(KafkaSource.<Delivered>builder()
                .setProperties(sourceProperties())
                .setTopics(RECORD_TOPICS)
                .setGroupId("trailwarden-detection")
                .setClientIdPrefix("trailwarden-records")
                .setStartingOffsets(OffsetsInitializer.earliest())
                .setDeserializer(new DeliveredDeserializer()));
    }

    /**
     * The connector (5.0.0) writes EARLIEST in lower case by the default locale, which Kafka refuses where an I becomes
     * a dotless ı.
     */
    private static synchronized <T> KafkaSource<T> build(KafkaSourceBuilder<T> builder) {
        Locale usual = Locale.getDefault();
        Locale.setDefault(Locale.ROOT);
        try {
            return builder.build();
        } finally {
            Locale.setDefault(usual);
        }
    }

    <T> Sink<T> sink(Topic<T> topic) {
        Properties properties = access.clientProperties();
        properties.put("acks", "all");
        properties.put("linger.ms", "5");
        properties.put("compression.type", "lz4");
        return KafkaSink.<T>builder()
                .setKafkaProducerConfig(properties)
                .setBootstrapServers(access.bootstrapServers())
                .setDeliveryGuarantee(DeliveryGuarantee.AT_LEAST_ONCE)
                .setRecordSerializer(new TopicSerializer<>(topic))
                .build();
    }

    private Properties sourceProperties() {
        Properties properties = access.clientProperties();
        // "Stored" means more than "checkpointed": the archive commits offsets itself.
        properties.put("commit.offsets.on.checkpoint", "false");
        properties.put("enable.auto.commit", "false");
        // The number of partitions is fixed (docs/decisions/0003), there is nothing to discover.
        properties.put("partition.discovery.interval.ms", "-1");
        properties.put("max.poll.records", "2000");
        return properties;
    }
}
