package io.trailwarden.ingest.custody;

import io.trailwarden.event.Receipt;
import io.trailwarden.event.codec.MalformedRecordException;
import io.trailwarden.event.codec.RecordCodec;
import io.trailwarden.event.topic.Topics;
import io.trailwarden.ingest.IngestException;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.function.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Topic {@code audit.receipts}. Belongs to one thread. */
public final class KafkaReceiptLog implements ReceiptLog {

    private static final Logger LOG = LoggerFactory.getLogger(KafkaReceiptLog.class);
    private static final Duration POLL = Duration.ofMillis(500);

    private final KafkaConsumer<byte[], byte[]> consumer;

    private KafkaReceiptLog(KafkaConsumer<byte[], byte[]> consumer) {
        this.consumer = consumer;
    }

    /**
     * Connects as these properties say, in no group.
     *
     * @param connection {@code bootstrap.servers} and, where needed, security settings
     */
    public static KafkaReceiptLog open(Map<String, String> connection) {
        Properties properties = new Properties();
        properties.put(ConsumerConfig.CLIENT_ID_CONFIG, "trailwarden-custody");
        properties.putAll(connection);
        properties.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, "false");
        properties.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest");
        return new KafkaReceiptLog(
                new KafkaConsumer<>(properties, new ByteArrayDeserializer(), new ByteArrayDeserializer()));
    }

    @Override
    public Map<Integer, Long> read(Map<Integer, Long> from, Consumer<Receipt> receipts)
            throws IngestException, InterruptedException {
        try {
            List<TopicPartition> partitions = consumer.partitionsFor(Topics.RECEIPTS.name()).stream()
                    .map(info -> new TopicPartition(info.topic(), info.partition()))
                    .toList();
            Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
            consumer.assign(partitions);
            for (TopicPartition partition : partitions) {
                long start = from.getOrDefault(partition.partition(), 0L);
                // An offset behind the end was one of a log that is gone.
                consumer.seek(partition, start > ends.get(partition) ? 0L : start);
            }
            while (ends.entrySet().stream().anyMatch(end -> consumer.position(end.getKey()) < end.getValue())) {
                for (ConsumerRecord<byte[], byte[]> message : consumer.poll(POLL)) {
                    take(message, receipts);
                }
            }
            Map<Integer, Long> next = new HashMap<>();
            for (TopicPartition partition : partitions) {
                next.put(partition.partition(), consumer.position(partition));
            }
            return next;
        } catch (InterruptException e) {
            Thread.interrupted();
            InterruptedException interrupted = new InterruptedException("while reading receipts");
            interrupted.initCause(e);
            throw interrupted;
        } catch (KafkaException e) {
            throw new IngestException("Kafka does not hand out receipts", e);
        }
    }

    private static void take(ConsumerRecord<byte[], byte[]> message, Consumer<Receipt> receipts) {
        if (message.value() == null) {
            return;
        }
        try {
            receipts.accept(RecordCodec.RECEIPT.decode(message.value()));
        } catch (MalformedRecordException e) {
            LOG.warn("receipt at {}-{}@{} cannot be read", message.topic(), message.partition(), message.offset(), e);
        }
    }

    @Override
    public void close() {
        consumer.close();
    }
}
