package io.trailwarden.console.source;

import java.time.Instant;

/**
 * One stored record.
 *
 * @param table {@code cloudtrail} or {@code executions}
 * @param source the ingester that read it
 * @param object the file, object key or log stream it came from
 * @param offset its position in there
 * @param raw the original bytes, JSON in UTF-8
 */
public record StoredRecord(
        String eventId, String table, Instant eventTime, String source, String object, long offset, byte[] raw) {}
