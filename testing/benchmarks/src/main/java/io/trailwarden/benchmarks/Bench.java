package io.trailwarden.benchmarks;

import java.time.Duration;

/** What both sides of a comparison have in common. */
final class Bench {

    /** Two cores, two subtasks. */
    static final int PARALLELISM = 2;

    /** Trailwarden's default, {@code processing.checkpoint-interval}; a test holds the two together. */
    static final Duration CHECKPOINTS = Duration.ofSeconds(10);

    private Bench() {}
}
