package io.trailwarden.ingest;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** A source or Kafka cannot be reached or used as configured. Trying again may help; nothing is lost by it. */
public final class IngestException extends Exception {

    private static final long serialVersionUID = 1L;

    /** With what failed, on what, and what was expected. */
    public IngestException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }

    /** With what failed, on what, and what was expected. */
    public IngestException(String message) {
        this(message, null);
    }

    @Override
    public String getMessage() {
        return Objects.requireNonNull(super.getMessage());
    }
}
