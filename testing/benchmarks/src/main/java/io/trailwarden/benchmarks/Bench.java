package io.trailwarden.benchmarks;

import java.time.Duration;

/** What both sides of a comparison have in common. */
final class Bench {

    /** Two cores, two subtasks. */
    static final int PARALLELISM = 2;

    /** Trailwarden's default. */
    static final Duration CHECKPOINTS = Duration.ofSeconds(2);

    private Bench() {}
}
