package io.trailwarden.ingest;

import io.trailwarden.event.topic.Topic;
import io.trailwarden.kafka.TopicWriter;
import io.trailwarden.kafka.WriteException;
import java.util.Map;

/** Sends to Kafka, in large batches. Every delivery of one event has one key and so reaches the same partition. */
public final class KafkaEventPublisher implements EventPublisher {

    private final TopicWriter writer;

    private KafkaEventPublisher(TopicWriter writer) {
        this.writer = writer;
    }

    /**
     * Connects as these properties say.
     *
     * @param connection {@code bootstrap.servers} and, where needed, security settings
     */
    public static KafkaEventPublisher open(Map<String, String> connection) {
        return new KafkaEventPublisher(TopicWriter.openForMany("trailwarden-ingest", connection));
    }

    @Override
    public <T> void send(Topic<T> topic, T value, Delivery delivery) throws IngestException, InterruptedException {
        delivery.sent();
        try {
            writer.send(topic, value, delivery);
        } catch (WriteException e) {
            throw new IngestException("Kafka takes no messages for topic " + topic.name(), e);
        }
    }

    @Override
    public void flush() throws InterruptedException {
        writer.flush();
    }

    @Override
    public void close() {
        writer.close();
    }
}
