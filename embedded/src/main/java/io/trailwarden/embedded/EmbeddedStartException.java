package io.trailwarden.embedded;

/** Broker or Flink did not start; the message says in which directory and why. */
public final class EmbeddedStartException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    EmbeddedStartException(String message, Throwable cause) {
        super(message, cause);
    }
}
