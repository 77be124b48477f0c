package io.trailwarden.ingest;

import java.util.Map;
import java.util.TreeMap;

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
        long objects, long skipped, long records, long rejected, long bytes, Map<String, Long> ignored) {

    /** What both did together. */
    public IngestProgress plus(IngestProgress other) {
        Map<String, Long> all = new TreeMap<>(ignored);
        other.ignored.forEach((what, count) -> all.merge(what, count, Long::sum));
        return new IngestProgress(
                objects + other.objects,
                skipped + other.skipped,
                records + other.records,
                rejected + other.rejected,
                bytes + other.bytes,
                Map.copyOf(all));
    }
}
