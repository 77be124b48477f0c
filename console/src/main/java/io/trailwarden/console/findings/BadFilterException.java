package io.trailwarden.console.findings;

/** A filter that cannot be understood; the message says which value, and what was expected. */
public final class BadFilterException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    BadFilterException(String message) {
        super(message);
    }
}
