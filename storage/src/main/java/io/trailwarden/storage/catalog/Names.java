package io.trailwarden.storage.catalog;

import java.util.Locale;

/** How enum constants stand in columns. */
public final class Names {

    private Names() {}

    static String lower(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT);
    }

    public static <E extends Enum<E>> E constant(Class<E> type, String lower) {
        return Enum.valueOf(type, lower.toUpperCase(Locale.ROOT));
    }
}
