package io.trailwarden.ingest.format;

import io.trailwarden.event.DeadLetter;
import org.jspecify.annotations.Nullable;

/**
 * The uncompressed content of an object, as far as it could be read.
 *
 * @param bytes an array that may be longer than the content and is reused for the next object
 * @param length how many of them are content
 * @param compressed whether the object was compressed
 * @param broken what ended the reading early; null if the object was read to its end
 */
public record ObjectContent(byte[] bytes, int length, boolean compressed, @Nullable Break broken) {

    /** Why and where the reading ended. */
    public record Break(DeadLetter.Reason reason, String message, String place) {}
}
