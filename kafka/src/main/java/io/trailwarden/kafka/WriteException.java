package io.trailwarden.kafka;

import org.apache.kafka.common.errors.RecordTooLargeException;

/** Kafka did not take a record. Trying again may help, except where it is {@link TooLarge}. */
public class WriteException extends Exception {

    private static final long serialVersionUID = 1L;

    private WriteException(String message, Throwable cause) {
        super(message, cause);
    }

    static WriteException of(String topic, Throwable cause) {
        String message = "topic " + topic + ": " + cause.getMessage();
        return cause instanceof RecordTooLargeException
                ? new TooLarge(message, cause)
                : new WriteException(message, cause);
    }

    /** No broker will ever take it. */
    public static final class TooLarge extends WriteException {
        private static final long serialVersionUID = 1L;

        private TooLarge(String message, Throwable cause) {
            super(message, cause);
        }
    }
}
