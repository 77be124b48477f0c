package io.trailwarden.sinks;

/** The place cannot take findings now; they come again. The message says which place and why. */
public final class SinkUnavailableException extends Exception {

    private static final long serialVersionUID = 1L;

    /** The place is unavailable for this cause. */
    public SinkUnavailableException(String message, Throwable cause) {
        super(message, cause);
    }
}
