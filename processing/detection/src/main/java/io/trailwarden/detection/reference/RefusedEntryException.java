package io.trailwarden.detection.reference;

import java.util.Objects;

/** An entry of the reference data that cannot be understood; the message has the place, the value and what was expected. */
final class RefusedEntryException extends RuntimeException {

    private static final long serialVersionUID = 1;

    RefusedEntryException(String message) {
        super(message);
    }

    RefusedEntryException(String message, Throwable cause) {
        super(message, cause);
    }

    @Override
    public String getMessage() {
        return Objects.requireNonNull(super.getMessage());
    }
}
