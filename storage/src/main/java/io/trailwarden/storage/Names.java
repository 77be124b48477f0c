package io.trailwarden.storage;

import java.util.Locale;

/** How enum constants stand in columns. */
final class Names {

    private Names() {}

    static String lower(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT);
    }

    static <E extends Enum<E>> E constant(Class<E> type, String lower) {
        return Enum.valueOf(type, lower.toUpperCase(Locale.ROOT));
    }
}
