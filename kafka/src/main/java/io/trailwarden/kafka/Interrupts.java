package io.trailwarden.kafka;

import org.apache.kafka.common.errors.InterruptException;

/** Kafka's client sets the thread's flag and throws its own unchecked exception. */
public final class Interrupts {

    private Interrupts() {}

    /** The same as Java has it: the flag is cleared, the exception is checked. */
    public static InterruptedException checked(InterruptException e) {
        Thread.interrupted();
        InterruptedException interrupted = new InterruptedException(e.getMessage());
        interrupted.initCause(e);
        return interrupted;
    }
}
