package io.trailwarden.embedded;

/** A job was refused, failed, or did not answer in time; the message names the job and the deepest cause. */
public final class JobFailedException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    JobFailedException(String message, Throwable cause) {
        super(message, cause);
    }
}
