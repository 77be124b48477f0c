package io.trailwarden.sinks;

import org.jspecify.annotations.Nullable;

/** The place cannot take findings now; they come again. The message says which place and why. */
public final class SinkUnavailableException extends Exception {

    private static final long serialVersionUID = 1L;

    private final boolean progress;

    /** The place is unavailable for this cause; null where the message says all. */
    public SinkUnavailableException(String message, @Nullable Throwable cause) {
        this(message, cause, false);
    }

    /**
     * The same.
     *
     * @param progress whether a part of the batch was taken nevertheless, so that there is no reason to wait longer than
     *     the last time
     */
    public SinkUnavailableException(String message, @Nullable Throwable cause, boolean progress) {
        super(message, cause);
        this.progress = progress;
    }

    boolean progress() {
        return progress;
    }
}
