package io.trailwarden.event.json;

import java.util.Objects;

/**
 * What is wrong with a JSON text, and where. Cheap to throw: it carries no stack trace, because the place that matters
 * is in the text.
 */
public final class JsonFault extends RuntimeException {

    private static final long serialVersionUID = 1L;

    /** The kinds of fault; they map one to one to dead-letter reasons. */
    public enum Kind {
        /** Not JSON (RFC 8259), or cut off. */
        MALFORMED,
        /** One name twice in one object, also when one of the two is written with escapes. */
        DUPLICATE_KEY,
        /** Nested deeper than the scanner's limit. */
        TOO_DEEP,
        /** More bytes or tokens than the scanner's limit. */
        TOO_LARGE
    }

    private final Kind kind;
    private final int position;

    JsonFault(Kind kind, int position, String message) {
        super(message, null, false, false);
        this.kind = kind;
        this.position = position;
    }

    @Override
    public String getMessage() {
        return Objects.requireNonNull(super.getMessage());
    }

    /** What kind of fault. */
    public Kind kind() {
        return kind;
    }

    /** Index of the offending byte in the scanned array. */
    public int position() {
        return position;
    }
}
