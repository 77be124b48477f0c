package io.trailwarden.app.terminal;

/** What a command's exit code means; the numbers are fixed. */
public final class ExitCode {

    /** Done. */
    public static final int FINE = 0;

    /** It did not work; the reason is on the error stream. */
    public static final int FAILED = 1;

    /** The command line makes no sense. */
    public static final int USAGE = 2;

    /** There are findings as bad as {@code --fail-on} says, or worse. */
    public static final int FINDINGS = 3;

    /** The configuration cannot be used. */
    public static final int CONFIG = 4;

    private ExitCode() {}
}
