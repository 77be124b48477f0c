package io.trailwarden.app;

import io.trailwarden.app.command.Trailwarden;
import io.trailwarden.app.terminal.Io;
import java.util.Locale;

/** Where the process begins. */
public final class Main {

    private Main() {}

    /** Runs one command and ends with its exit code, see {@link io.trailwarden.app.terminal.ExitCode}. */
    public static void main(String[] args) {
        // What is written and compared is the same everywhere; parts of Kafka do not work in every locale.
        Locale.setDefault(Locale.ROOT);
        // Standard output is for what was asked for, which Io writes. Some libraries print there too: Logback its
        // status.
        System.setOut(System.err);
        int code = Trailwarden.run(Io.ofProcess(), args);
        System.exit(code);
    }
}
