package io.trailwarden.console;

import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * How to run the console.
 *
 * @param host address to listen on; anything but loopback requires a token
 * @param port port to listen on; 0 takes a free one
 * @param store the SQLite file of findings and decisions
 * @param kafka how to reach Kafka, as its clients take it; empty for a console over its store alone
 * @param token whoever shows it may use the API; null lets in everyone who can reach the loopback address
 * @param hostNames further names that people reach it by, for example behind a proxy; requests for other names are
 *     refused, so that no web page can reach the console through a name of its own (DNS rebinding)
 * @param analyst whose name decisions carry
 */
public record ConsoleConfig(
        String host,
        int port,
        Path store,
        Map<String, String> kafka,
        @Nullable String token,
        Set<String> hostNames,
        String analyst) {

    /** The shortest token accepted, in characters. */
    public static final int MIN_TOKEN = 16;

    /** The port when nothing else is said. */
    public static final int DEFAULT_PORT = 8730;

    private static final Set<String> LOOPBACK = Set.of("127.0.0.1", "localhost", "::1");

    /**
     * Checks what cannot be right.
     *
     * @throws IllegalArgumentException if the console would be open to others, or a value makes no sense
     */
    public ConsoleConfig {
        if (token == null && !LOOPBACK.contains(host)) {
            throw new IllegalArgumentException("console.host: \"" + host
                    + "\" can be reached by others (expected: a console.token beside it, or 127.0.0.1)");
        }
        if (token != null && token.length() < MIN_TOKEN) {
            throw new IllegalArgumentException("console.token: " + token.length() + " characters (expected: at least "
                    + MIN_TOKEN + ", chosen at random)");
        }
        if (port < 0 || port > 65_535) {
            throw new IllegalArgumentException("console.port: " + port + " (expected: 0 to 65535)");
        }
        kafka = Map.copyOf(kafka);
        hostNames = Set.copyOf(hostNames);
    }

    /** A console for the people at this machine, without a token. */
    public static ConsoleConfig local(int port, Path store, Map<String, String> kafka) {
        return new ConsoleConfig(
                "127.0.0.1", port, store, kafka, null, Set.of(), System.getProperty("user.name", "analyst"));
    }

    /** Without the token and Kafka's secrets. */
    @Override
    public String toString() {
        return "ConsoleConfig[" + host + ":" + port + ", store=" + store + ", token=" + (token == null ? "none" : "set")
                + ", hostNames=" + hostNames + "]";
    }
}
