package io.trailwarden.settings;

import java.util.List;

/**
 * A component cannot be what its settings say. Each value is of its kind, but not beside the others; the setting is named
 * so that the place can be told where it stands.
 */
public final class RefusedException extends IllegalArgumentException {

    private static final long serialVersionUID = 1L;

    private final String key;
    private final String because;

    /**
     * Refuses.
     *
     * @param found what the setting says, as people may see it
     * @param expected what would do
     */
    public RefusedException(Setting<?> setting, String found, String expected) {
        this(setting.key(), "", setting.key() + ": " + found + " (expected: " + expected + ")");
    }

    private RefusedException(String key, String because, String message) {
        super(message);
        this.key = key;
        this.because = because;
    }

    /** The same, with the setting for whose sake this one is looked at: what is absent has no place of its own. */
    public RefusedException because(Setting<?> setting) {
        return new RefusedException(key, setting.key(), String.valueOf(getMessage()));
    }

    /** The settings in whose place to look, the first that stands somewhere. */
    List<String> keys() {
        return because.isEmpty() ? List.of(key) : List.of(key, because);
    }
}
