package io.trailwarden.event.topic;

import org.jspecify.annotations.Nullable;

/**
 * One record of {@code audit.cloudtrail} or {@code audit.executions}, as it was read and not decoded: see
 * {@link AuditHeaders}. Any part may be missing where a stranger wrote it; who decodes it says so.
 *
 * @param key as {@code EventKeys} has it, in UTF-8
 * @param value the record's own bytes; of one that is rejected, the payload of the dead letter
 * @param object where it came from, the same array for every record of one object
 * @param offset its place in the object
 * @param rejected why it cannot be read, when the ingester knows already
 */
public record AuditRecord(
        byte[] key,
        byte @Nullable [] value,
        byte @Nullable [] object,
        byte @Nullable [] offset,
        byte @Nullable [] rejected) {}
