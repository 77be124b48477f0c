package io.trailwarden.app.command.option;

import io.trailwarden.app.config.ConfigReader;
import java.time.Clock;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;

/** Reads {@code --since}: how long ago, or when. */
public final class Since {

    private Since() {}

    public static Instant parse(CommandSpec spec, Clock clock, String text) {
        Duration ago = ConfigReader.duration(text);
        if (ago != null) {
            return clock.instant().minus(ago);
        }
        try {
            return Instant.parse(text);
        } catch (DateTimeException e) {
            throw new ParameterException(
                    spec.commandLine(),
                    "--since: \"" + text + "\" (expected: a duration such as 30m, 24h or 7d, or a time such as"
                            + " 2026-03-01T00:00:00Z)");
        }
    }
}
