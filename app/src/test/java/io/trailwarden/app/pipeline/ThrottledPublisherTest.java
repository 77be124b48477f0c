package io.trailwarden.app.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.trailwarden.event.Receipt;
import io.trailwarden.event.topic.Topic;
import io.trailwarden.event.topic.Topics;
import io.trailwarden.ingest.Delivery;
import io.trailwarden.ingest.EventPublisher;
import java.time.Instant;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class ThrottledPublisherTest {

    private final AtomicLong sent = new AtomicLong();
    private final AtomicLong flushed = new AtomicLong();
    private final AtomicLong closed = new AtomicLong();
    private final ThrottledPublisher publisher = new ThrottledPublisher(new EventPublisher() {
        @Override
        public <T> void send(Topic<T> topic, T value, Delivery delivery) {
            sent.incrementAndGet();
        }

        @Override
        public void flush() {
            flushed.incrementAndGet();
        }

        @Override
        public void close() {
            closed.incrementAndGet();
        }
    });

    @Test
    void as_many_as_are_missing_to_the_bound_may_follow_and_the_next_waits_until_some_are_stored() {
        publisher.waiting(ThrottledPublisher.MOST_WAITING - 2);

        CompletableFuture<Thread> sender = new CompletableFuture<>();
        CompletableFuture<Void> sending = CompletableFuture.runAsync(() -> {
            sender.complete(Thread.currentThread());
            for (int i = 0; i < 3; i++) {
                send();
            }
        });

        await().until(() -> sender.join().getState() == Thread.State.WAITING);
        assertThat(sent).hasValue(2);

        publisher.waiting(ThrottledPublisher.MOST_WAITING);
        await().until(() -> sender.join().getState() == Thread.State.WAITING);
        assertThat(sent).as("there is still no room").hasValue(2);

        publisher.waiting(ThrottledPublisher.MOST_WAITING - 1);
        sending.join();
        assertThat(sent).hasValue(3);
    }

    @Test
    void the_rest_is_the_real_publishers() throws InterruptedException {
        publisher.flush();
        publisher.close();

        assertThat(flushed).hasValue(1);
        assertThat(closed).hasValue(1);
    }

    private void send() {
        try {
            publisher.send(
                    Topics.RECEIPTS,
                    new Receipt("file", "a.json", "0".repeat(64), 1, 1, Instant.EPOCH),
                    new Delivery());
        } catch (Exception e) { // as declared
            throw new CompletionException(e);
        }
    }
}
