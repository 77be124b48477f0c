package io.trailwarden.jobs.intake;

import org.jspecify.annotations.Nullable;

/**
 * One Kafka record as it was delivered, nothing read yet: it travels only inside the intake's chain and is never
 * serialised there.
 *
 * @param offset of the record in its Kafka partition
 * @param value the original bytes; null for a tombstone
 * @param object the {@code object} header: where the record's object came from
 * @param at the {@code offset} header: big-endian position in the object
 * @param rejected the {@code rejected} header: why the ingester could not read the record
 */
public record Delivered(
        String topic,
        int partition,
        long offset,
        byte @Nullable [] value,
        byte @Nullable [] object,
        byte @Nullable [] at,
        byte @Nullable [] rejected) {}
