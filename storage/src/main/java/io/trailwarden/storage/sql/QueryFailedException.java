package io.trailwarden.storage.sql;

import org.jspecify.annotations.Nullable;

/** A query gave no result, and why. The message is for the analyst; it may quote words of the query. */
public final class QueryFailedException extends Exception {

    private static final long serialVersionUID = 1L;

    /** Why. */
    public enum Reason {
        /** Not one SELECT, too long or too deep: it was not run. */
        REFUSED,
        /** The engine says no: a wrong name, a wrong type, something that is not allowed. */
        FAILED,
        /** It took longer than {@code sql.timeout}. */
        TIMED_OUT,
        /** It needed more than {@code sql.memory}, or the process died of it. */
        OUT_OF_MEMORY,
        /** Somebody cancelled it. */
        CANCELLED,
        /** No worker was free, or none could be started. */
        UNAVAILABLE
    }

    private final Reason reason;

    QueryFailedException(Reason reason, String message) {
        super(message);
        this.reason = reason;
    }

    QueryFailedException(Reason reason, String message, @Nullable Throwable cause) {
        super(message, cause);
        this.reason = reason;
    }

    /** Why. */
    public Reason reason() {
        return reason;
    }
}
