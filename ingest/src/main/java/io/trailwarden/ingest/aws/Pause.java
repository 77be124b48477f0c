package io.trailwarden.ingest.aws;

import java.time.Duration;

/** Waits; tests move their clock instead. */
@FunctionalInterface
public interface Pause {

    /** What production uses. */
    Pause SLEEP = duration -> Thread.sleep(duration.toMillis());

    /** Returns when this much time has passed. */
    void of(Duration duration) throws InterruptedException;
}
