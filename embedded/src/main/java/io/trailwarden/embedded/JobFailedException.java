package io.trailwarden.embedded;

import org.jspecify.annotations.Nullable;

/** A job was refused, failed, or did not answer in time; the message names the job and the deepest cause. */
public final class JobFailedException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    JobFailedException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
