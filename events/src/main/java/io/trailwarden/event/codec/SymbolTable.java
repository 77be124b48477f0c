package io.trailwarden.event.codec;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Strings that come again and again (Regions, call names, ARNs), made once from their bytes. Bounded: a fixed number of
 * places, and a newcomer replaces who sits on its place. Belongs to one thread.
 */
final class SymbolTable {

    private static final int PLACES = 8192;
    private static final int MAX_LENGTH = 160;

    private final byte[] @Nullable [] keys = new byte[PLACES][];
    private final @Nullable String[] strings = new String[PLACES];

    /** The string of these bytes in UTF-8. */
    String get(byte[] bytes, int from, int to) {
        int length = to - from;
        if (length > MAX_LENGTH) {
            return new String(bytes, from, length, StandardCharsets.UTF_8);
        }
        int place = hash(bytes, from, to) & (PLACES - 1);
        byte[] key = keys[place];
        String known = strings[place];
        if (key != null && known != null && Arrays.equals(key, 0, key.length, bytes, from, to)) {
            return known;
        }
        String made = new String(bytes, from, length, StandardCharsets.UTF_8);
        keys[place] = Arrays.copyOfRange(bytes, from, to);
        strings[place] = made;
        return made;
    }

    private static int hash(byte[] bytes, int from, int to) {
        int h = to - from;
        for (int i = from; i < to; i++) {
            h = 31 * h + bytes[i];
        }
        h *= 0x9E37_79B1;
        return h ^ (h >>> 15);
    }
}
