package io.trailwarden.ingest;

import java.util.Map;

/**
 * What an ingester did since it started.
 *
 * @param objects objects read to their end
 * @param skipped how often an object was passed over because it is stored or on its way
 * @param records records found, rejected ones included
 * @param rejected records that cannot be read
 * @param bytes uncompressed bytes read
 * @param ignored things that hold no records by nature (digests, probes), by what they are
 */
public record IngestProgress(
        long objects, long skipped, long records, long rejected, long bytes, Map<String, Long> ignored) {}
