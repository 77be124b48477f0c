package io.trailwarden.ingest.file;

import org.jspecify.annotations.Nullable;

/**
 * How far one file is read.
 *
 * @param size of the file when it was read, in bytes as stored
 * @param modified the file's time of modification then, in milliseconds since 1970
 * @param sha256 of the uncompressed content
 * @param consumed how many bytes need not be read again if the file only grows; 0 if it cannot be continued
 * @param tailLength how many bytes before {@code consumed} the tail is made of
 * @param tail SHA-256 of the last bytes before {@code consumed}, by which a grown file is told from a replaced one
 */
record FilePosition(long size, long modified, String sha256, long consumed, int tailLength, String tail) {

    private static final String VERSION = "1";

    /** As {@link io.trailwarden.ingest.Positions} keeps it. */
    String encode() {
        return String.join(
                " ",
                VERSION,
                Long.toString(size),
                Long.toString(modified),
                sha256,
                Long.toString(consumed),
                Integer.toString(tailLength),
                tail);
    }

    /** The position in this text; null if it is of another version, so that the file is read again. */
    static @Nullable FilePosition decode(@Nullable String text) {
        String[] parts = text == null ? new String[0] : text.split(" ", -1);
        if (parts.length != 7 || !parts[0].equals(VERSION)) {
            return null;
        }
        try {
            return new FilePosition(
                    Long.parseLong(parts[1]),
                    Long.parseLong(parts[2]),
                    parts[3],
                    Long.parseLong(parts[4]),
                    Integer.parseInt(parts[5]),
                    parts[6]);
        } catch (NumberFormatException e) {
            return null;
        }
    }

    /** The same position of a file that looks otherwise by now. */
    FilePosition seen(long size, long modified) {
        return new FilePosition(size, modified, sha256, consumed, tailLength, tail);
    }

    /** Whether the file looks as it did. */
    boolean isOf(long size, long modified) {
        return this.size == size && this.modified == modified;
    }
}
