package io.trailwarden.event;

import java.util.Arrays;

/**
 * A record that could not be read: why, where, and the bytes themselves. Nothing around it is lost because of it.
 *
 * @param reason a stable, countable code
 * @param message what was found and what was expected, with the offending value
 * @param place where in the object: record number, and byte offset or line and column where known
 * @param payload the original bytes; cut to {@link #MAX_PAYLOAD} with {@code payloadLength} telling the true length
 */
public record DeadLetter(
        Reason reason, String message, String place, byte[] payload, long payloadLength, Origin origin) {

    /** The longest payload kept, in bytes; longer ones are kept at their source only. */
    public static final int MAX_PAYLOAD = 262_144;

    /**
     * A dead letter for the bytes between {@code from} and {@code to}; what is longer than {@link #MAX_PAYLOAD} is cut.
     */
    public static DeadLetter of(
            Reason reason, String message, String place, byte[] bytes, int from, int to, Origin origin) {
        byte[] payload = Arrays.copyOfRange(bytes, from, Math.min(to, from + MAX_PAYLOAD));
        return new DeadLetter(reason, message, place, payload, to - from, origin);
    }

    /** Why a record is dead. Names are stable: people count and filter by them. */
    public enum Reason {
        /** Not JSON, or cut off in the middle. */
        MALFORMED,
        /** JSON, but nothing that Trailwarden knows. */
        UNRECOGNISED,
        /** A known kind without the fields that make it one. */
        INCOMPLETE,
        /** One name twice in one object: two readers would see two different events. */
        DUPLICATE_KEY,
        /** Larger than the limit on records, objects or expansion. */
        TOO_LARGE,
        /** Nested deeper than the limit. */
        TOO_DEEP,
        /** The compressed or encoded wrapper is broken. */
        BAD_ENCODING,
        /** The file cannot be read at all. */
        UNREADABLE
    }
}
