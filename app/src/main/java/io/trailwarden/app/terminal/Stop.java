package io.trailwarden.app.terminal;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Ctrl-C and kill: the first asks the command to stop and gives it time to close everything; the process ends when it
 * has, or after half a minute.
 */
public final class Stop implements AutoCloseable {

    private final CountDownLatch asked = new CountDownLatch(1);
    private final CountDownLatch closed = new CountDownLatch(1);
    private final Thread hook = new Thread(this::askAndWait, "stop");

    /** From now until {@link #close}, a signal stops gently. */
    public Stop() {
        Runtime.getRuntime().addShutdownHook(hook);
    }

    /** Waits for the signal; false when the time is over without one. */
    public boolean await(long time, TimeUnit unit) throws InterruptedException {
        return asked.await(time, unit);
    }

    /** Whether the signal has come. */
    public boolean asked() {
        return asked.getCount() == 0;
    }

    private void askAndWait() {
        asked.countDown();
        try {
            closed.await(30, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Everything is closed: the process may end. */
    @Override
    public void close() {
        closed.countDown();
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException e) {
            // The process is ending, and the hook is what it waits for.
            return;
        }
    }
}
