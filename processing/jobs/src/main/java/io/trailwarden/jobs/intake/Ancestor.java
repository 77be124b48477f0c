package io.trailwarden.jobs.intake;

/**
 * A run whose events, up to and including a checkpoint, the detection state has seen. The tables may hold more of that
 * run: what was stored after the checkpoint must be detected again when it is delivered again.
 */
public record Ancestor(String lineage, long checkpoint) {}
