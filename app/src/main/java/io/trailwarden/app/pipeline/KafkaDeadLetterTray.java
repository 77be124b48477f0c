package io.trailwarden.app.pipeline;

import io.trailwarden.event.DeadLetter;
import io.trailwarden.event.topic.Topics;
import io.trailwarden.kafka.TopicWriter;
import io.trailwarden.kafka.WriteException;
import io.trailwarden.sinks.DeadLetterTray;
import io.trailwarden.sinks.SinkUnavailableException;
import java.util.List;
import java.util.Map;

/** The topic {@code dead-letters}. */
public final class KafkaDeadLetterTray implements DeadLetterTray, AutoCloseable {

    private final TopicWriter writer;

    /** Connects as these properties say. */
    public KafkaDeadLetterTray(Map<String, String> connection) {
        writer = TopicWriter.open("trailwarden-dead-letters", connection);
    }

    @Override
    public void put(DeadLetter letter) throws SinkUnavailableException {
        try {
            writer.put(Topics.DEAD_LETTERS, List.of(letter));
        } catch (WriteException e) {
            throw new SinkUnavailableException(String.valueOf(e.getMessage()), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new SinkUnavailableException("interrupted", e);
        }
    }

    @Override
    public void close() {
        writer.close();
    }
}
