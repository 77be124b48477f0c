package io.trailwarden.ingest.page;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * How far a list of events is read.
 *
 * @param time the API's time up to which everything was asked for at least once
 * @param page number of the last page
 */
record PagePosition(Instant time, long page) {

    private static final String VERSION = "1";

    String encode() {
        return VERSION + ' ' + time.toEpochMilli() + ' ' + page;
    }

    /** The position in this text; null if it is of another version, so that reading starts anew. */
    static @Nullable PagePosition decode(@Nullable String text) {
        String[] parts = text == null ? new String[0] : text.split(" ", -1);
        if (parts.length != 3 || !parts[0].equals(VERSION)) {
            return null;
        }
        try {
            return new PagePosition(Instant.ofEpochMilli(Long.parseLong(parts[1])), Long.parseLong(parts[2]));
        } catch (NumberFormatException e) {
            return null;
        }
    }
}
