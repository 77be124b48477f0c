package io.trailwarden.sigma.match;

/** The event is not a JSON object, or ends too early. Only what rules look at is read, so not every fault is found. */
public final class MalformedEventException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final int offset;

    MalformedEventException(String message, int offset) {
        super(message + " at byte " + offset);
        this.offset = offset;
    }

    /** Where the reading stopped, in bytes from the start of the event. */
    public int offset() {
        return offset;
    }
}
