package io.trailwarden.app.command;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.trailwarden.app.terminal.Io;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Map;

/** What a command printed and how it ended, run through the real entry point. */
public record CommandRun(int code, String out, String err) {

    /** Where and how commands are run. */
    public record Place(Path directory, Map<String, String> environment, boolean colour, Clock clock) {

        public static Place at(Path directory) {
            return new Place(directory, Map.of(), false, Clock.systemUTC());
        }

        public CommandRun run(String... args) {
            ByteArrayOutputStream out = new ByteArrayOutputStream();
            ByteArrayOutputStream err = new ByteArrayOutputStream();
            int code = Trailwarden.run(
                    new Io(
                            new PrintStream(out, true, UTF_8),
                            new PrintStream(err, true, UTF_8),
                            environment,
                            directory,
                            false,
                            colour,
                            clock),
                    args);
            return new CommandRun(code, out.toString(UTF_8), err.toString(UTF_8));
        }
    }
}
