package io.trailwarden.kafka;

import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.common.errors.InterruptException;

/** Asks whoever reads to come to an end: wakes readers that wait for records, and those who pause. Safe for any thread. */
public final class StopSignal {

    private final CountDownLatch requested = new CountDownLatch(1);
    private final Set<Runnable> sleepers = ConcurrentHashMap.newKeySet();

    /** It is time to stop; asking again changes nothing. */
    public void request() {
        requested.countDown();
        sleepers.forEach(Runnable::run);
    }

    /** Whether it is time to stop. */
    public boolean isRequested() {
        return requested.getCount() == 0;
    }

    /** Returns after so long, or when it is time to stop. */
    public void pause(Duration atMost) {
        try {
            requested.await(atMost.toNanos(), TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
            throw new InterruptException(e);
        }
    }

    /** Run when it is time to stop, at once if it is already. */
    void wake(Runnable sleeper) {
        sleepers.add(sleeper);
        if (isRequested()) {
            sleeper.run();
        }
    }

    void forget(Runnable sleeper) {
        sleepers.remove(sleeper);
    }
}
