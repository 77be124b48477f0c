package io.trailwarden.event.codec;

/** Bytes on one of our own topics are not the record they should be: a bug or a foreign writer, not bad input. */
public final class MalformedRecordException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    public MalformedRecordException(String message, Throwable cause) {
        super(message, cause);
    }

    public MalformedRecordException(String message) {
        super(message);
    }
}
