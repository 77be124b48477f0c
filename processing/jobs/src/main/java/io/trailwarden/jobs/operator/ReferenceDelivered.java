package io.trailwarden.jobs.operator;

import org.jspecify.annotations.Nullable;

/**
 * One record of the reference topic, not yet decoded.
 *
 * @param offset of the record in its Kafka partition
 * @param key what the topic is compacted by
 * @param value {@code ReferenceEntry} as JSON; null for a tombstone
 */
public record ReferenceDelivered(int partition, long offset, byte[] key, byte @Nullable [] value) {}
