package io.trailwarden.app.pipeline;

import io.trailwarden.event.Finding;
import io.trailwarden.event.codec.MalformedRecordException;
import io.trailwarden.event.codec.RecordCodec;
import io.trailwarden.event.topic.Topics;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Findings from now on, for whoever only watches: nothing is remembered of what was shown. */
public final class LiveFindings implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(LiveFindings.class);
    private static final Duration POLL = Duration.ofMillis(200);

    private final KafkaConsumer<byte[], byte[]> consumer;

    /** Begins at the end of the topic. */
    public LiveFindings(Map<String, String> connection) {
        Map<String, Object> config = new HashMap<>(connection);
        config.put("enable.auto.commit", false);
        consumer = new KafkaConsumer<>(config, new ByteArrayDeserializer(), new ByteArrayDeserializer());
        List<TopicPartition> partitions = consumer.partitionsFor(Topics.FINDINGS.name()).stream()
                .map(info -> new TopicPartition(info.topic(), info.partition()))
                .toList();
        consumer.assign(partitions);
        consumer.seekToEnd(partitions);
    }

    /** Waits a moment and hands over what came. */
    public void poll(Consumer<Finding> eyes) {
        for (ConsumerRecord<byte[], byte[]> record : consumer.poll(POLL)) {
            try {
                eyes.accept(RecordCodec.FINDING.decode(record.value() == null ? new byte[0] : record.value()));
            } catch (MalformedRecordException e) {
                LOG.warn("A record in {} is no finding", Topics.FINDINGS.name(), e);
            }
        }
    }

    @Override
    public void close() {
        consumer.close();
    }
}
