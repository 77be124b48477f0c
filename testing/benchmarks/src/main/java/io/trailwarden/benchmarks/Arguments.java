package io.trailwarden.benchmarks;

import java.util.LinkedHashMap;
import java.util.Map;

/** {@code --name value} pairs of a benchmark's command line; only the names that have a default are known. */
final class Arguments {

    private final Map<String, String> values;

    private Arguments(Map<String, String> values) {
        this.values = values;
    }

    /**
     * Reads the command line.
     *
     * @param defaults by name, without dashes
     * @throws IllegalArgumentException for a name that is not known, or one without a value
     */
    static Arguments parse(String[] args, Map<String, String> defaults) {
        Map<String, String> values = new LinkedHashMap<>(defaults);
        for (int i = 0; i < args.length; i += 2) {
            String name = args[i].startsWith("--") ? args[i].substring(2) : args[i];
            if (!defaults.containsKey(name) || i + 1 == args.length) {
                throw new IllegalArgumentException(args[i] + " (expected: --NAME VALUE with one of " + defaults + ")");
            }
            values.put(name, args[i + 1]);
        }
        return new Arguments(values);
    }

    String text(String name) {
        return values.get(name);
    }

    long number(String name) {
        return Long.parseLong(text(name).replace("_", ""));
    }

    double fraction(String name) {
        return Double.parseDouble(text(name));
    }
}
