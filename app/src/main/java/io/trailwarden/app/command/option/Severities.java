package io.trailwarden.app.command.option;

import io.trailwarden.event.Severity;
import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;

/** Severities on the command line. */
public final class Severities {

    private Severities() {}

    public static Severity parse(CommandSpec spec, String option, String text) {
        for (Severity severity : Severity.values()) {
            if (name(severity).equals(text)) {
                return severity;
            }
        }
        throw new ParameterException(
                spec.commandLine(),
                option + ": \"" + text + "\" (expected: one of "
                        + Arrays.stream(Severity.values()).map(Severities::name).collect(Collectors.joining(", "))
                        + ")");
    }

    public static String name(Severity severity) {
        return severity.name().toLowerCase(Locale.ROOT);
    }
}
