package io.trailwarden.app.pipeline;

import io.trailwarden.event.topic.Topic;
import io.trailwarden.ingest.Delivery;
import io.trailwarden.ingest.EventPublisher;
import io.trailwarden.ingest.IngestException;

/**
 * Holds reading back while too much waits in Kafka, so that the embedded broker's directory stays bounded however slow
 * the rest is.
 */
final class ThrottledPublisher implements EventPublisher {

    /** How many records may wait to be stored: at 1.5 KB each, compressed, well below a gigabyte. */
    static final long MOST_WAITING = 2_000_000;

    private final EventPublisher publisher;
    private long allowed = MOST_WAITING;

    ThrottledPublisher(EventPublisher publisher) {
        this.publisher = publisher;
    }

    /** So many messages wait in Kafka now; as many as are missing to the bound may follow. */
    synchronized void waiting(long messages) {
        allowed = MOST_WAITING - messages;
        notifyAll();
    }

    @Override
    public <T> void send(Topic<T> topic, T value, Delivery delivery) throws IngestException, InterruptedException {
        synchronized (this) {
            while (allowed <= 0) {
                wait();
            }
            allowed--;
        }
        publisher.send(topic, value, delivery);
    }

    @Override
    public void flush() throws InterruptedException {
        publisher.flush();
    }

    @Override
    public void close() {
        publisher.close();
    }
}
