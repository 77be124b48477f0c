package io.trailwarden.settings;

/**
 * A component cannot be what its settings say. Each value is of its kind, but not beside the others; the setting is named
 * so that the place can be told where it stands.
 */
public final class RefusedException extends IllegalArgumentException {

    private static final long serialVersionUID = 1L;

    private final String key;

    /**
     * Refuses.
     *
     * @param found what the setting says, as people may see it
     * @param expected what would do
     */
    public RefusedException(Setting<?> setting, String found, String expected) {
        super(setting.key() + ": " + found + " (expected: " + expected + ")");
        this.key = setting.key();
    }

    /** The setting that says what cannot be. */
    public String key() {
        return key;
    }
}
