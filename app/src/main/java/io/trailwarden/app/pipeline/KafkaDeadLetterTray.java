package io.trailwarden.app.pipeline;

import io.trailwarden.event.DeadLetter;
import io.trailwarden.event.codec.EventKeys;
import io.trailwarden.event.codec.RecordCodec;
import io.trailwarden.event.topic.Topics;
import io.trailwarden.sinks.DeadLetterTray;
import io.trailwarden.sinks.SinkUnavailableException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** The topic {@code dead-letters}. */
public final class KafkaDeadLetterTray implements DeadLetterTray, AutoCloseable {

    private final KafkaProducer<byte[], byte[]> producer;

    /** Connects as these properties say. */
    public KafkaDeadLetterTray(Map<String, String> connection) {
        Map<String, Object> config = new HashMap<>(connection);
        config.put("acks", "all");
        config.put("client.id", "trailwarden-dead-letters");
        this.producer = new KafkaProducer<>(config, new ByteArraySerializer(), new ByteArraySerializer());
    }

    @Override
    public void put(DeadLetter letter) throws SinkUnavailableException {
        try {
            producer.send(new ProducerRecord<>(
                            Topics.DEAD_LETTERS.name(),
                            EventKeys.of(letter).getBytes(StandardCharsets.UTF_8),
                            RecordCodec.DEAD_LETTER.encode(letter)))
                    .get();
        } catch (ExecutionException | KafkaException e) {
            throw new SinkUnavailableException("topic " + Topics.DEAD_LETTERS.name() + ": " + e.getMessage(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new SinkUnavailableException("interrupted", e);
        }
    }

    @Override
    public void close() {
        producer.close(Duration.ofSeconds(5));
    }
}
