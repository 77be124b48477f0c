package io.trailwarden.ingest;

import java.time.Duration;
import java.util.Map;
import java.util.Properties;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * Sends to Kafka: idempotent, acknowledged by all in-sync replicas, in large compressed batches. The partition follows
 * from the key's hash, as Kafka's own partitioner computes it, so every delivery of one event reaches the same one.
 */
public final class KafkaEventPublisher implements EventPublisher {

    /** The largest message: a record of 2 MB with its key and headers. Topics must allow as much. */
    public static final int MAX_MESSAGE_BYTES = 4 << 20;

    private final KafkaProducer<byte[], byte[]> producer;

    private KafkaEventPublisher(KafkaProducer<byte[], byte[]> producer) {
        this.producer = producer;
    }

    /**
     * Connects as these properties say.
     *
     * @param connection {@code bootstrap.servers} and, where needed, security settings; what is set there wins over the
     *     defaults here, except what the contract of ingesters rests on
     */
    public static KafkaEventPublisher open(Map<String, String> connection) {
        Properties properties = new Properties();
        properties.put(ProducerConfig.CLIENT_ID_CONFIG, "trailwarden-ingest");
        properties.put(ProducerConfig.COMPRESSION_TYPE_CONFIG, "lz4");
        properties.put(ProducerConfig.BATCH_SIZE_CONFIG, Integer.toString(512 << 10));
        // Broker and consumers pay for each batch more than for its records.
        properties.put(ProducerConfig.LINGER_MS_CONFIG, "50");
        properties.put(ProducerConfig.BUFFER_MEMORY_CONFIG, Integer.toString(64 << 20));
        properties.put(ProducerConfig.MAX_BLOCK_MS_CONFIG, "60000");
        properties.putAll(connection);
        properties.put(ProducerConfig.MAX_REQUEST_SIZE_CONFIG, Integer.toString(MAX_MESSAGE_BYTES));
        properties.put(ProducerConfig.ACKS_CONFIG, "all");
        properties.put(ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG, "true");
        return new KafkaEventPublisher(
                new KafkaProducer<>(properties, new ByteArraySerializer(), new ByteArraySerializer()));
    }

    @Override
    public void send(ProducerRecord<byte[], byte[]> message, Delivery delivery)
            throws IngestException, InterruptedException {
        delivery.sent();
        try {
            producer.send(message, delivery);
        } catch (InterruptException e) {
            throw interrupted(e);
        } catch (KafkaException | IllegalStateException e) {
            throw new IngestException("Kafka takes no messages for topic " + message.topic(), e);
        }
    }

    @Override
    public void flush() throws InterruptedException {
        try {
            producer.flush();
        } catch (InterruptException e) {
            throw interrupted(e);
        }
    }

    /** Kafka's client sets the thread's flag and throws its own unchecked exception. */
    private static InterruptedException interrupted(InterruptException e) {
        Thread.interrupted();
        InterruptedException interrupted = new InterruptedException("while sending to Kafka");
        interrupted.initCause(e);
        return interrupted;
    }

    @Override
    public void close() {
        producer.close(Duration.ofSeconds(5));
    }
}
