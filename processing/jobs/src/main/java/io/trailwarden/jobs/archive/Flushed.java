package io.trailwarden.jobs.archive;

/**
 * What one intake subtask wrote since the checkpoint before: the committer makes it part of the tables when the
 * checkpoint is complete.
 *
 * @param feed the Kafka cluster that the offsets in {@code files} belong to
 * @param lineage the run that wrote them, see {@code Archive#newWriter}
 * @param files {@code PendingFiles} in their versioned byte form, with the offsets that they reach
 */
public record Flushed(String feed, String lineage, byte[] files) {}
