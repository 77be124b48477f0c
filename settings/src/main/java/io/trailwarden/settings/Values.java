package io.trailwarden.settings;

import io.trailwarden.settings.Setting.Unfit;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;

/** What settings are set to, by setting; one that is not set has its default. Components bind their records from it. */
public final class Values {

    /** Nothing is set. */
    public static final Values DEFAULTS = new Values(Map.of());

    private final Map<String, Object> set;

    Values(Map<String, Object> set) {
        this.set = Map.copyOf(set);
    }

    /** The same with this one set. */
    public <T> Values with(Setting<T> setting, T value) {
        Map<String, Object> more = new HashMap<>(set);
        more.put(setting.key(), value);
        return new Values(more);
    }

    /**
     * What it is set to, or its default.
     *
     * @throws IllegalStateException when it is neither set nor has a default that is of its kind
     */
    @SuppressWarnings("unchecked") // with() and the readers put there what the setting's own kind made
    public <T> T get(Setting<T> setting) {
        Object value = set.get(setting.key());
        if (value != null) {
            return (T) value;
        }
        try {
            if (setting.defaultText() == null) {
                throw new IllegalStateException(setting.key() + " is not set and has no default");
            }
            return setting.kind().parse(setting.defaultText(), Path.of(""));
        } catch (Unfit e) {
            throw new IllegalStateException("the default of " + setting.key() + " is not of its kind", e);
        }
    }

    /** Whether it is set at all. */
    public boolean isSet(Setting<?> setting) {
        return set.containsKey(setting.key());
    }
}
