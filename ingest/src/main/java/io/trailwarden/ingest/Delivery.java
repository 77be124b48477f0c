package io.trailwarden.ingest;

import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.clients.producer.Callback;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/**
 * What became of the messages of one object: how many are unacknowledged, the last offset on every partition that got
 * one, and the first failure.
 */
public final class Delivery implements Callback {

    private final Map<TopicPartition, Long> last = new HashMap<>(4);
    private final @Nullable Delivery whole;
    private long outstanding;
    private @Nullable Exception failure;

    /** The messages of one object. */
    public Delivery() {
        this(null);
    }

    /** The messages of one object that is a part of another: the other has its own and those of all parts. */
    Delivery(@Nullable Delivery whole) {
        this.whole = whole;
    }

    /** One more message is handed over; a publisher calls this before it sends. */
    public void sent() {
        synchronized (this) {
            outstanding++;
        }
        if (whole != null) {
            whole.sent();
        }
    }

    /** Kafka's client tells the outcome of one message. */
    @Override
    public void onCompletion(@Nullable RecordMetadata metadata, @Nullable Exception exception) {
        if (exception != null || metadata == null) {
            failed(exception == null ? new IllegalStateException("no metadata") : exception);
        } else {
            acknowledged(new TopicPartition(metadata.topic(), metadata.partition()), metadata.offset());
        }
    }

    /** One message is in Kafka. */
    public void acknowledged(TopicPartition partition, long offset) {
        synchronized (this) {
            last.merge(partition, offset, Math::max);
            outstanding--;
        }
        if (whole != null) {
            whole.acknowledged(partition, offset);
        }
    }

    /** One message will never be in Kafka. */
    public void failed(Exception exception) {
        synchronized (this) {
            failure = failure == null ? exception : failure;
            outstanding--;
        }
        if (whole != null) {
            whole.failed(exception);
        }
    }

    /** Whether every message has an outcome. */
    public synchronized boolean isSettled() {
        return outstanding == 0;
    }

    /** The first failure; null if there is none so far. */
    public synchronized @Nullable Exception failure() {
        return failure;
    }

    /** The last offset on every partition that got a message. */
    public synchronized Map<TopicPartition, Long> last() {
        return Map.copyOf(last);
    }

    /**
     * Whether all messages are behind these committed offsets.
     *
     * @param committed for each partition the offset of the next message to be consumed
     */
    public synchronized boolean isBehind(Map<TopicPartition, Long> committed) {
        if (outstanding != 0 || failure != null) {
            return false;
        }
        for (Map.Entry<TopicPartition, Long> mark : last.entrySet()) {
            Long next = committed.get(mark.getKey());
            if (next == null || next <= mark.getValue()) {
                return false;
            }
        }
        return true;
    }
}
