package io.trailwarden.app.terminal;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;

/**
 * One line that says what is going on, rewritten in place, for people only: it begins after two seconds, goes to the
 * error stream, and is absent where nobody watches.
 */
public final class Progress implements AutoCloseable {

    private static final Duration PATIENCE = Duration.ofSeconds(2);
    private static final int WIDTH = 100;

    private final Io io;
    private final Clock clock;
    private final Instant started;
    private boolean shown;

    /** Begins to wait now. */
    public Progress(Io io) {
        this.io = io;
        this.clock = io.clock();
        this.started = clock.instant();
    }

    /** What is going on now. */
    public synchronized void say(String text) {
        Duration elapsed = Duration.between(started, clock.instant());
        if (!io.terminal() || elapsed.compareTo(PATIENCE) < 0) {
            return;
        }
        String line = text + "  (" + elapsed.toSeconds() + " s)";
        io.err().print("\r\u001b[2K" + (line.length() > WIDTH ? line.substring(0, WIDTH) : line));
        io.err().flush();
        shown = true;
    }

    /** Takes the line away. */
    @Override
    public synchronized void close() {
        if (shown) {
            io.err().print("\r\u001b[2K");
            io.err().flush();
            shown = false;
        }
    }
}
