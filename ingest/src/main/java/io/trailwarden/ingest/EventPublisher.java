package io.trailwarden.ingest;

import io.trailwarden.event.topic.Topic;

/** Where ingesters put their messages: Kafka, or a test's memory. */
public interface EventPublisher extends AutoCloseable {

    /**
     * Hands over one value of a topic and returns at once, unless buffers are full; the outcome is told to the delivery.
     *
     * @throws IngestException if nothing can be sent any more
     */
    <T> void send(Topic<T> topic, T value, Delivery delivery) throws IngestException, InterruptedException;

    /** Returns when every message handed over so far has an outcome. */
    void flush() throws InterruptedException;

    /** Gives up what has no outcome yet. */
    @Override
    void close();
}
