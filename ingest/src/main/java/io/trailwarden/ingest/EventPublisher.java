package io.trailwarden.ingest;

import org.apache.kafka.clients.producer.ProducerRecord;

/** Where ingesters put their messages: Kafka, or a test's memory. */
public interface EventPublisher extends AutoCloseable {

    /**
     * Hands over one message and returns at once, unless buffers are full; the outcome is told to the delivery.
     *
     * @throws IngestException if no message can be sent any more
     */
    void send(ProducerRecord<byte[], byte[]> message, Delivery delivery) throws IngestException, InterruptedException;

    /** Returns when every message handed over so far has an outcome. */
    void flush() throws InterruptedException;

    /** Gives up what has no outcome yet. */
    @Override
    void close();
}
