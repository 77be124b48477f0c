package io.trailwarden.console;

import io.trailwarden.settings.Kinds;
import io.trailwarden.settings.RefusedException;
import io.trailwarden.settings.Setting;
import io.trailwarden.settings.Values;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What people set of the console. One that others could reach without a token is refused.
 *
 * @param enabled whether a pipeline serves it
 * @param host address to listen on; anything but loopback requires a token
 * @param port port to listen on; 0 takes a free one
 * @param token whoever shows it may use the API; null lets in everyone who can reach the loopback address
 * @param hostNames further names that people reach it by, for example behind a proxy; requests for other names are
 *     refused, so that no web page can reach the console through a name of its own (DNS rebinding)
 */
public record ConsoleSettings(boolean enabled, String host, int port, @Nullable String token, Set<String> hostNames) {

    /** The shortest token accepted, in characters. */
    public static final int MIN_TOKEN = 16;

    public static final Setting<Boolean> ENABLED =
            new Setting<>("console.enabled", Kinds.bool(), "true", "whether run serves the console");
    public static final Setting<String> HOST = new Setting<>(
            "console.host",
            Kinds.filled("an address of this machine"),
            "127.0.0.1",
            "where the console listens; anything but loopback needs a token");
    public static final Setting<Integer> PORT =
            new Setting<>("console.port", Kinds.integer(0, 65_535), "8730", "the console's port; 0: any free one");
    public static final Setting<String> TOKEN = new Setting<>(
            "console.token",
            Kinds.secret(),
            "",
            "whoever shows it may use the console; empty: whoever is at this machine");
    public static final Setting<List<String>> HOST_NAMES =
            new Setting<>("console.host-names", Kinds.texts(), "", "further names that people reach the console by");

    /** In the order in which people read them. */
    public static final List<Setting<?>> SETTINGS = List.of(ENABLED, HOST, PORT, TOKEN, HOST_NAMES);

    private static final Set<String> LOOPBACK = Set.of("127.0.0.1", "localhost", "::1");

    /**
     * Checks what cannot be right.
     *
     * @throws RefusedException if the console would be open to others, or a value makes no sense
     */
    public ConsoleSettings {
        if (token == null && !LOOPBACK.contains(host)) {
            throw new RefusedException(
                    HOST, '"' + host + "\" can be reached by others", "a console.token beside it, or 127.0.0.1");
        }
        if (token != null && token.length() < MIN_TOKEN) {
            throw new RefusedException(
                    TOKEN, token.length() + " characters", "at least " + MIN_TOKEN + ", chosen at random");
        }
        if (port < 0 || port > 65_535) {
            throw new RefusedException(PORT, String.valueOf(port), "0 to 65535");
        }
        hostNames = Set.copyOf(hostNames);
    }

    /** As the settings say. */
    public static ConsoleSettings of(Values values) {
        String token = values.get(TOKEN);
        return new ConsoleSettings(
                values.get(ENABLED),
                values.get(HOST),
                values.get(PORT),
                token.isEmpty() ? null : token,
                Set.copyOf(values.get(HOST_NAMES)));
    }

    /** Whether only people at this machine can reach it. */
    public boolean onlyHere() {
        return LOOPBACK.contains(host);
    }

    /** Without the token. */
    @Override
    public String toString() {
        return "ConsoleSettings[" + host + ":" + port + ", token=" + (token == null ? "none" : "set") + ", hostNames="
                + hostNames + "]";
    }
}
