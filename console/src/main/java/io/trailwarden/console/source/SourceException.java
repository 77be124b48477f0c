package io.trailwarden.console.source;

/** The tables cannot answer now; the message says why in words for people. */
public final class SourceException extends Exception {

    private static final long serialVersionUID = 1L;

    public SourceException(String message, Throwable cause) {
        super(message, cause);
    }

    public SourceException(String message) {
        super(message);
    }
}
