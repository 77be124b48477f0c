package io.trailwarden.console;

import io.trailwarden.settings.Values;
import java.nio.file.Path;
import java.util.Map;

/**
 * How to run the console.
 *
 * @param settings what people set
 * @param store the SQLite file of findings and decisions
 * @param kafka how to reach Kafka, as its clients take it; empty for a console over its store alone
 * @param analyst whose name decisions carry
 */
public record ConsoleConfig(ConsoleSettings settings, Path store, Map<String, String> kafka, String analyst) {

    public ConsoleConfig {
        kafka = Map.copyOf(kafka);
    }

    /** A console for the people at this machine, without a token. */
    public static ConsoleConfig local(int port, Path store, Map<String, String> kafka) {
        return new ConsoleConfig(
                ConsoleSettings.of(Values.DEFAULTS.with(ConsoleSettings.PORT, port)),
                store,
                kafka,
                System.getProperty("user.name", "analyst"));
    }

    /** Without the token and Kafka's secrets. */
    @Override
    public String toString() {
        return "ConsoleConfig[" + settings + ", store=" + store + "]";
    }
}
