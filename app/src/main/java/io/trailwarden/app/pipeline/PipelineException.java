package io.trailwarden.app.pipeline;

import org.jspecify.annotations.Nullable;

/** The pipeline did not start, or stopped working; the message says which part and why. */
public final class PipelineException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    /** With its cause, where there is one. */
    public PipelineException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
