package io.trailwarden.app.command.option;

import io.trailwarden.settings.Kinds;
import io.trailwarden.settings.Setting.Unfit;
import java.time.Clock;
import java.time.DateTimeException;
import java.time.Instant;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;

/** Reads {@code --since}: how long ago, or when. */
public final class Since {

    private Since() {}

    public static Instant parse(CommandSpec spec, Clock clock, String text) {
        try {
            return clock.instant().minus(Kinds.duration(text));
        } catch (Unfit e) {
            // It is a time, or nothing.
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
