package io.trailwarden.kafka;

import io.trailwarden.event.codec.MalformedRecordException;
import io.trailwarden.event.text.VisibleText;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What is done with the records of a topic, one by one, in the order of their partition. */
@FunctionalInterface
public interface TopicHandler<T> {

    /** A value of the topic. */
    void read(Place at, T value);

    /**
     * A record that is none of the topic's values; the reader has counted it. Said in the log, unless there is a better
     * place for it.
     *
     * @param bytes its value; empty if it has none
     */
    default void unreadable(Place at, byte[] bytes, MalformedRecordException problem) {
        Logger log = LoggerFactory.getLogger(TopicReader.class);
        // Strangers' words must not forge lines of the log or steer a terminal.
        log.warn(
                "Passed over {}, which cannot be read: {}",
                at,
                VisibleText.of(String.valueOf(problem.getMessage()), 300));
    }
}
