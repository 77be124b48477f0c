package io.trailwarden.event;

import java.time.Instant;

/**
 * An ingester's word that it read one object to its end: the left side of the ledger.
 *
 * <p>Sent after the object's last record; the same object read again gives the same receipt.
 *
 * @param records how many records the object holds, dead ones included
 * @param bytes uncompressed size
 */
public record Receipt(
        String source, String object, String objectSha256, long records, long bytes, Instant ingestedAt) {}
