package io.trailwarden.kafka;

import io.trailwarden.event.topic.Message;
import io.trailwarden.event.topic.Topic;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import org.apache.kafka.clients.producer.Callback;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;

/**
 * Writes to topics: idempotent, acknowledged by all in-sync replicas. The partition follows from the key's hash, as
 * Kafka's own partitioner computes it, unless the topic wants all in one order.
 *
 * <p>A record that is too large is refused with {@link WriteException.TooLarge}, in {@link #put} and to callbacks as
 * Kafka's {@link RecordTooLargeException}. Safe for any number of threads.
 */
public final class TopicWriter implements AutoCloseable {

    /** The largest message: a record of 2 MB with its key and headers. Topics must allow as much. */
    public static final int MAX_MESSAGE_BYTES = 4 << 20;

    private final KafkaProducer<byte[], byte[]> producer;

    private TopicWriter(Map<String, Object> tuning, Map<String, ?> connection) {
        Map<String, Object> config = new HashMap<>(tuning);
        config.putAll(connection);
        config.put(ProducerConfig.MAX_REQUEST_SIZE_CONFIG, MAX_MESSAGE_BYTES);
        config.put(ProducerConfig.ACKS_CONFIG, "all");
        config.put(ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG, true);
        this.producer = new KafkaProducer<>(config, new ByteArraySerializer(), new ByteArraySerializer());
    }

    /**
     * A writer of single records, which are sent at once.
     *
     * @param client names it to the broker
     * @param connection {@code bootstrap.servers} and, where needed, security settings; what is set there wins, except
     *     what the promises above rest on
     */
    public static TopicWriter open(String client, Map<String, ?> connection) {
        return new TopicWriter(Map.of(ProducerConfig.CLIENT_ID_CONFIG, client), connection);
    }

    /** A writer of many records, in large compressed batches. */
    public static TopicWriter openForMany(String client, Map<String, ?> connection) {
        return new TopicWriter(
                Map.of(
                        ProducerConfig.CLIENT_ID_CONFIG,
                        client,
                        ProducerConfig.COMPRESSION_TYPE_CONFIG,
                        "lz4",
                        ProducerConfig.BATCH_SIZE_CONFIG,
                        512 << 10,
                        // Broker and consumers pay for each batch more than for its records.
                        ProducerConfig.LINGER_MS_CONFIG,
                        50,
                        ProducerConfig.BUFFER_MEMORY_CONFIG,
                        64L << 20,
                        ProducerConfig.MAX_BLOCK_MS_CONFIG,
                        60_000L),
                connection);
    }

    /**
     * Hands over one value and returns at once, unless buffers are full; the outcome is told to the callback.
     *
     * @throws WriteException if no record can be sent any more
     */
    public <T> void send(Topic<T> topic, T value, Callback outcome) throws WriteException, InterruptedException {
        submit(topic, value, outcome);
    }

    /**
     * Writes these values; when it returns, Kafka has them all.
     *
     * @throws WriteException for the first that Kafka did not take; of the others it may have taken any
     */
    public <T> void put(Topic<T> topic, Collection<T> values) throws WriteException, InterruptedException {
        List<Future<RecordMetadata>> sent = new ArrayList<>();
        for (T value : values) {
            sent.add(submit(topic, value, null));
        }
        for (Future<RecordMetadata> one : sent) {
            try {
                one.get();
            } catch (ExecutionException e) {
                throw WriteException.of(topic.name(), e.getCause() == null ? e : e.getCause());
            }
        }
    }

    private <T> Future<RecordMetadata> submit(Topic<T> topic, T value, @Nullable Callback outcome)
            throws WriteException, InterruptedException {
        try {
            return producer.send(record(topic, value), outcome);
        } catch (InterruptException e) {
            throw Interrupts.checked(e);
        } catch (KafkaException | IllegalStateException e) {
            throw WriteException.of(topic.name(), e);
        }
    }

    private static <T> ProducerRecord<byte[], byte[]> record(Topic<T> topic, T value) {
        Message message = topic.encode(value);
        RecordHeaders headers = new RecordHeaders();
        for (Message.Header header : message.headers()) {
            headers.add(header.name(), header.value());
        }
        Integer partition = topic.kept() == Topic.Kept.LATEST_IN_ONE_ORDER ? 0 : null;
        return new ProducerRecord<>(topic.name(), partition, message.key(), message.value(), headers);
    }

    /** Returns when every value handed over so far has an outcome. */
    public void flush() throws InterruptedException {
        try {
            producer.flush();
        } catch (InterruptException e) {
            throw Interrupts.checked(e);
        }
    }

    /** Gives up what has no outcome after a few seconds. */
    @Override
    public void close() {
        producer.close(Duration.ofSeconds(5));
    }
}
