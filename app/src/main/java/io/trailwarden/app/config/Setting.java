package io.trailwarden.app.config;

import java.util.Locale;
import java.util.Map;

/**
 * One thing that can be configured.
 *
 * @param key dotted, as in the file: {@code console.port} is {@code port} under {@code console}
 * @param kind what values it takes
 * @param defaultText its default as one would write it
 * @param meaning one line for people
 * @param <T> what its text becomes
 */
record Setting<T>(String key, Kind<T> kind, String defaultText, String meaning) {

    /** What values a setting takes. */
    interface Kind<T> {

        /**
         * The value that this text stands for.
         *
         * @param base what relative paths are relative to
         * @throws Unfit when it stands for none
         */
        T parse(String text, java.nio.file.Path base) throws Unfit;

        /** What it takes, to follow "expected:". */
        String expected();

        /** Whether the file gives it as a sequence; its text form is comma-separated. */
        default boolean list() {
            return false;
        }

        /** Whether the file gives it as a mapping of texts; it has no text form but the empty one. */
        default boolean map() {
            return false;
        }

        /** Whether its value must not be shown. */
        default boolean secret() {
            return false;
        }

        /** What a mapping of texts becomes, where {@link #map()}. */
        default T ofMap(Map<String, String> map) throws Unfit {
            throw new Unfit();
        }
    }

    /** This text is not of the kind. */
    static final class Unfit extends Exception {
        private static final long serialVersionUID = 1L;

        Unfit() {
            super(null, null, false, false);
        }
    }

    /** The environment variable that overrides it. */
    String variable() {
        return "TRAILWARDEN_" + key.replace('.', '_').replace('-', '_').toUpperCase(Locale.ROOT);
    }
}
