package io.trailwarden.event.json;

/**
 * A JSON value inside a record's original bytes, so that nobody copies a large value that nobody reads.
 *
 * @param start index of the value's first byte in {@code raw}
 * @param end index after its last byte
 */
public record JsonSpan(int start, int end) {}
