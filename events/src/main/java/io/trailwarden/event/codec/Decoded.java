package io.trailwarden.event.codec;

import io.trailwarden.event.DeadLetter;

/**
 * What came of decoding a foreign record: the record, or why not. Bad input is a value here, never an exception.
 *
 * @param <T> the record's type
 */
public sealed interface Decoded<T> {

    /** It was read. */
    record Read<T>(T value) implements Decoded<T> {}

    /** It could not be read. */
    record Rejected<T>(DeadLetter deadLetter) implements Decoded<T> {}
}
