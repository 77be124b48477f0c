package io.trailwarden.jobs.archive;

/**
 * Files of one checkpoint that may not be in the tables yet. State of the intake (to know what is stored) and of the
 * committer (to commit it).
 *
 * @param lineage the run that wrote them, see {@code Archive#newWriter}
 * @param feed the Kafka cluster that the offsets in {@code files} belong to
 * @param files {@code PendingFiles} in their versioned byte form
 */
public record PendingCheckpoint(String lineage, long checkpoint, String feed, byte[] files) {}
