package io.trailwarden.ingest.format;

import io.trailwarden.event.DeadLetter;
import org.jspecify.annotations.Nullable;

/**
 * The uncompressed content of an object, as far as it could be read.
 *
 * @param bytes an array that may be longer than the content and is reused for the next object
 * @param length how many of them are content
 * @param compressed whether these are not the object's bytes as stored, or not text: then nothing can be read on from a
 *     place in them
 * @param broken what ended the reading early; null if the object was read to its end
 * @param signature what it is if it is no text: the bytes are then as stored
 */
public record ObjectContent(
        byte[] bytes, int length, boolean compressed, @Nullable Break broken, @Nullable Signature signature) {

    /** Why and where the reading ended. */
    public record Break(DeadLetter.Reason reason, String message, String place) {}

    /** Text as it is stored, read to its end. */
    public static ObjectContent plain(byte[] bytes, int length) {
        return new ObjectContent(bytes, length, false, null, null);
    }

    /** Whether it is an archive, whose files an {@link PackedFiles} gives. */
    public boolean isArchive() {
        return signature != null && signature.use == Signature.Use.ARCHIVE;
    }
}
