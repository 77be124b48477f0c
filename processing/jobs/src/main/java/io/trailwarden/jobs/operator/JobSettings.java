package io.trailwarden.jobs.operator;

import java.io.Serializable;
import java.net.URI;
import java.time.Duration;

/**
 * How the job runs; what it detects is reference data.
 *
 * @param parallelism of the intake and of the detectors
 * @param checkpointInterval also how long a record waits until it can be queried
 * @param checkpoints directory for checkpoints; they outlive the job
 * @param stateBackend where detectors keep their state
 * @param disorder how far behind its partition's newest event an event may come without counting as late; late events
 *     are evaluated all the same. 10 minutes cover all disorder of 34,714 measured CloudTrail events
 * @param idleAfter a partition that is silent this long no longer holds back event time
 * @param bufferTimeout the longest time a signal or finding waits for company on its way to the next task
 * @param maxKeysPerDetector the most keys (principals, sessions, …) one detector remembers, all subtasks together;
 *     reaching it is a finding
 * @param idBytes heap for recognising records that come twice, all subtasks together; what does not fit goes into files
 *     in Flink's {@code io.tmp.dirs}
 * @param statusInterval how often each part says how it is doing
 * @param maxFailures the job stops for good when it failed this often within {@code failureWindow}
 */
public record JobSettings(
        int parallelism,
        Duration checkpointInterval,
        URI checkpoints,
        StateBackend stateBackend,
        Duration disorder,
        Duration idleAfter,
        Duration bufferTimeout,
        long maxKeysPerDetector,
        long idBytes,
        Duration statusInterval,
        int maxFailures,
        Duration failureWindow)
        implements Serializable {

    /** Where detectors keep their state. */
    public enum StateBackend {
        /** On the heap: fastest, bounded by memory. */
        HEAP,
        /** On local disk, with incremental checkpoints. */
        ROCKSDB
    }

    /**
     * Checks each value.
     *
     * @throws IllegalArgumentException naming the first setting that makes no sense
     */
    public JobSettings {
        atLeast("parallelism", parallelism, 1);
        atLeast("maxKeysPerDetector", maxKeysPerDetector, 1);
        atLeast("idBytes", idBytes, 1 << 20);
        atLeast("maxFailures", maxFailures, 0);
        positive("checkpointInterval", checkpointInterval);
        positive("idleAfter", idleAfter);
        positive("statusInterval", statusInterval);
        positive("failureWindow", failureWindow);
        if (disorder.isNegative() || bufferTimeout.isNegative()) {
            throw new IllegalArgumentException("disorder: " + disorder + ", bufferTimeout: " + bufferTimeout
                    + " (expected: durations that are not negative)");
        }
    }

    /** Settings for one machine. */
    public static JobSettings local(int parallelism, URI checkpoints) {
        return new JobSettings(
                parallelism,
                Duration.ofSeconds(5),
                checkpoints,
                StateBackend.HEAP,
                Duration.ofMinutes(10),
                Duration.ofSeconds(30),
                Duration.ofMillis(15),
                150_000,
                256L << 20,
                Duration.ofSeconds(2),
                5,
                Duration.ofMinutes(5));
    }

    /** The same with another checkpoint interval. */
    public JobSettings withCheckpointInterval(Duration interval) {
        return new JobSettings(
                parallelism,
                interval,
                checkpoints,
                stateBackend,
                disorder,
                idleAfter,
                bufferTimeout,
                maxKeysPerDetector,
                idBytes,
                statusInterval,
                maxFailures,
                failureWindow);
    }

    /** The same with another state backend. */
    public JobSettings withStateBackend(StateBackend backend) {
        return new JobSettings(
                parallelism,
                checkpointInterval,
                checkpoints,
                backend,
                disorder,
                idleAfter,
                bufferTimeout,
                maxKeysPerDetector,
                idBytes,
                statusInterval,
                maxFailures,
                failureWindow);
    }

    /** The same with another expectation of how far events come out of order. */
    public JobSettings withDisorder(Duration wanted) {
        return new JobSettings(
                parallelism,
                checkpointInterval,
                checkpoints,
                stateBackend,
                wanted,
                idleAfter,
                bufferTimeout,
                maxKeysPerDetector,
                idBytes,
                statusInterval,
                maxFailures,
                failureWindow);
    }

    /** The same with another bound on keys. */
    public JobSettings withMaxKeysPerDetector(long keys) {
        return new JobSettings(
                parallelism,
                checkpointInterval,
                checkpoints,
                stateBackend,
                disorder,
                idleAfter,
                bufferTimeout,
                keys,
                idBytes,
                statusInterval,
                maxFailures,
                failureWindow);
    }

    private static void atLeast(String name, long value, long least) {
        if (value < least) {
            throw new IllegalArgumentException(name + ": " + value + " (expected: at least " + least + ")");
        }
    }

    private static void positive(String name, Duration value) {
        if (value.isZero() || value.isNegative()) {
            throw new IllegalArgumentException(name + ": " + value + " (expected: a positive duration)");
        }
    }
}
