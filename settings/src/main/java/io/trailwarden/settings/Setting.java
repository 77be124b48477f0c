package io.trailwarden.settings;

import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One thing that can be configured, declared once, by the component that it concerns.
 *
 * @param key its name where it stands: dotted in the file ({@code console.port} is {@code port} under {@code console}),
 *     plain in an entry of a list
 * @param kind what values it takes
 * @param defaultText its default as one would write it; null: it must be given
 * @param meaning one line for people
 * @param <T> what its text becomes
 */
public record Setting<T>(String key, Kind<T> kind, @Nullable String defaultText, String meaning) {

    /** One that must be given. */
    public static <T> Setting<T> required(String key, Kind<T> kind, String meaning) {
        return new Setting<>(key, kind, null, meaning);
    }

    /** What values a setting takes. */
    public interface Kind<T> {

        /**
         * The value that this text stands for.
         *
         * @param base what relative paths are relative to
         * @throws Unfit when it stands for none
         */
        T parse(String text, Path base) throws Unfit;

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
    public static final class Unfit extends Exception {
        private static final long serialVersionUID = 1L;

        public Unfit() {
            super(null, null, false, false);
        }
    }

    /** The environment variable that overrides it. */
    public String variable() {
        return "TRAILWARDEN_" + key.replace('.', '_').replace('-', '_').toUpperCase(Locale.ROOT);
    }
}
