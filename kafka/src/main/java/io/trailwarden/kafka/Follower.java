package io.trailwarden.kafka;

import java.time.Duration;
import java.util.function.Consumer;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.WakeupException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Reads on and on, in a daemon thread of its own, until closed: whatever fails is told, and tried again after a pause. */
public final class Follower implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(Follower.class);
    private static final long JOIN_MILLIS = 10_000;

    private final StopSignal stop = new StopSignal();
    private final Thread thread;

    /** Reads with one connection, until it is told to stop or has reason to begin anew. */
    @FunctionalInterface
    public interface Session {

        /** Opens what it needs, with this signal, and closes it. */
        void run(StopSignal stop);
    }

    private Follower(String name, Duration retry, Session session, Consumer<RuntimeException> trouble) {
        this.thread = new Thread(() -> follow(retry, session, trouble), name);
        thread.setDaemon(true);
    }

    /**
     * Starts.
     *
     * @param name of the thread
     * @param retry the pause between two sessions
     * @param trouble told what ended a session; the next one follows
     */
    public static Follower start(String name, Duration retry, Session session, Consumer<RuntimeException> trouble) {
        Follower follower = new Follower(name, retry, session, trouble);
        follower.thread.start();
        return follower;
    }

    private void follow(Duration retry, Session session, Consumer<RuntimeException> trouble) {
        try {
            while (!stop.isRequested()) {
                try {
                    session.run(stop);
                } catch (InterruptException | WakeupException e) {
                    throw e;
                } catch (RuntimeException e) {
                    if (!stop.isRequested()) {
                        trouble.accept(e);
                    }
                }
                stop.pause(retry);
            }
        } catch (InterruptException | WakeupException e) {
            LOG.debug("{} ends", thread.getName(), e);
        }
    }

    /** Wakes it and waits until it has ended, for some seconds at most. */
    @Override
    public void close() {
        stop.request();
        try {
            thread.join(JOIN_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
