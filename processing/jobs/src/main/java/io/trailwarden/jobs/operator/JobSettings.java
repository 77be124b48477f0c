package io.trailwarden.jobs.operator;

import io.trailwarden.settings.Kinds;
import io.trailwarden.settings.Setting;
import io.trailwarden.settings.Values;
import java.io.Serializable;
import java.net.URI;
import java.time.Duration;
import java.util.List;

/**
 * How the job runs; what it detects is reference data.
 *
 * @param processing what people set
 * @param checkpoints directory for checkpoints; they outlive the job
 * @param idleAfter a partition that is silent this long no longer holds back event time
 * @param bufferTimeout the longest time a signal or finding waits for company on its way to the next task
 * @param idBytes heap for recognising records that come twice, all subtasks together; what does not fit goes into files
 *     in Flink's {@code io.tmp.dirs}
 * @param statusInterval how often each part says how it is doing
 * @param maxFailures the job stops for good when it failed this often within {@code failureWindow}
 */
public record JobSettings(
        Processing processing,
        URI checkpoints,
        Duration idleAfter,
        Duration bufferTimeout,
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
     * What people set of a job.
     *
     * @param parallelism of the intake and of the detectors
     * @param checkpointInterval also how long a record waits until it can be queried
     * @param stateBackend where detectors keep their state
     * @param disorder how far behind its partition's newest event an event may come without counting as late; late events
     *     are evaluated all the same. 10 minutes cover all disorder of 34,714 measured CloudTrail events
     * @param maxKeysPerDetector the most keys (principals, sessions, …) one detector remembers, all subtasks together;
     *     reaching it is a finding
     */
    public record Processing(
            int parallelism,
            Duration checkpointInterval,
            StateBackend stateBackend,
            Duration disorder,
            long maxKeysPerDetector)
            implements Serializable {

        public static final Setting<Integer> PARALLELISM =
                new Setting<>("processing.parallelism", Kinds.integer(1, 128), "2", "subtasks that run side by side");
        public static final Setting<Duration> CHECKPOINT_INTERVAL = new Setting<>(
                "processing.checkpoint-interval",
                Kinds.duration(Duration.ofMillis(200), Duration.ofHours(1)),
                "10s",
                "also how long a record waits until it can be queried; shorter costs more: all state is written each"
                        + " time");
        public static final Setting<StateBackend> STATE_BACKEND = new Setting<>(
                "processing.state-backend",
                Kinds.oneOf(StateBackend.class),
                "heap",
                "where detectors keep what they remember");
        public static final Setting<Duration> DISORDER = new Setting<>(
                "processing.disorder",
                Kinds.duration(Duration.ZERO, Duration.ofDays(7)),
                "10m",
                "how far events may come behind newer ones without counting as late");
        public static final Setting<Long> MAX_KEYS = new Setting<>(
                "processing.max-keys",
                Kinds.number(1000, 1_000_000_000),
                "150000",
                "the most principals, sessions and so on that one detector remembers, about 2 KB of heap each; reaching it"
                        + " is a finding");

        /** In the order in which people read them. */
        public static final List<Setting<?>> SETTINGS =
                List.of(PARALLELISM, CHECKPOINT_INTERVAL, STATE_BACKEND, DISORDER, MAX_KEYS);

        /**
         * Checks each value.
         *
         * @throws IllegalArgumentException naming the first setting that makes no sense
         */
        public Processing {
            atLeast("parallelism", parallelism, 1);
            atLeast("maxKeysPerDetector", maxKeysPerDetector, 1);
            positive("checkpointInterval", checkpointInterval);
            if (disorder.isNegative()) {
                throw new IllegalArgumentException("disorder: " + disorder + " (expected: not negative)");
            }
        }

        /** As the settings say. */
        public static Processing of(Values values) {
            return new Processing(
                    values.get(PARALLELISM),
                    values.get(CHECKPOINT_INTERVAL),
                    values.get(STATE_BACKEND),
                    values.get(DISORDER),
                    values.get(MAX_KEYS));
        }
    }

    /**
     * Checks each value.
     *
     * @throws IllegalArgumentException naming the first setting that makes no sense
     */
    public JobSettings {
        atLeast("idBytes", idBytes, 1 << 20);
        atLeast("maxFailures", maxFailures, 0);
        positive("idleAfter", idleAfter);
        positive("statusInterval", statusInterval);
        positive("failureWindow", failureWindow);
        if (bufferTimeout.isNegative()) {
            throw new IllegalArgumentException("bufferTimeout: " + bufferTimeout + " (expected: not negative)");
        }
    }

    /** What people set, with the job's own values for what they need not care about. */
    public static JobSettings of(Processing processing, URI checkpoints) {
        return new JobSettings(
                processing,
                checkpoints,
                Duration.ofSeconds(30),
                Duration.ofMillis(15),
                256L << 20,
                Duration.ofSeconds(2),
                5,
                Duration.ofMinutes(5));
    }

    /** The defaults, with so many subtasks. */
    public static JobSettings local(int parallelism, URI checkpoints) {
        return of(Processing.of(Values.DEFAULTS.with(Processing.PARALLELISM, parallelism)), checkpoints);
    }

    public int parallelism() {
        return processing.parallelism();
    }

    public Duration checkpointInterval() {
        return processing.checkpointInterval();
    }

    public StateBackend stateBackend() {
        return processing.stateBackend();
    }

    public Duration disorder() {
        return processing.disorder();
    }

    public long maxKeysPerDetector() {
        return processing.maxKeysPerDetector();
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
