package io.trailwarden.app.terminal;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Map;

/**
 * A command's surroundings, so that tests can give it others.
 *
 * @param out what was asked for
 * @param err everything else: progress, hints, errors
 * @param environment variables
 * @param workingDirectory what relative paths on the command line are relative to
 * @param terminal whether a person watches {@code err}
 * @param colour whether colours are wanted in {@code out}
 */
public record Io(
        PrintStream out,
        PrintStream err,
        Map<String, String> environment,
        Path workingDirectory,
        boolean terminal,
        boolean colour,
        Clock clock) {

    /** Those of this process. NO_COLOR and TERM=dumb are respected (no-color.org). */
    public static Io ofProcess() {
        Map<String, String> environment = System.getenv();
        boolean terminal = System.console() != null && !"dumb".equals(environment.get("TERM"));
        boolean colour = terminal && environment.getOrDefault("NO_COLOR", "").isEmpty();
        return new Io(
                new PrintStream(new FileOutputStream(FileDescriptor.out), false, StandardCharsets.UTF_8),
                new PrintStream(new FileOutputStream(FileDescriptor.err), true, StandardCharsets.UTF_8),
                environment,
                Path.of("").toAbsolutePath(),
                terminal,
                colour,
                Clock.systemUTC());
    }
}
