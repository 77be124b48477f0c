package io.trailwarden.storage.catalog;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.SnapshotUpdate;
import org.jspecify.annotations.Nullable;

/**
 * What every snapshot of a table carries on from the one before, so that it survives the expiry of snapshots: how far
 * each lineage is committed, and how many rows each source has.
 *
 * @param committed the highest committed checkpoint of the lineages committed last, latest at the end
 * @param rows rows of the whole table by source
 */
public record Carried(LinkedHashMap<String, Long> committed, TreeMap<String, Long> rows) {

    /** Lineages remembered; a run that is older than so many others cannot ask again. */
    private static final int LINEAGES = 64;

    private static final String COMMITTED = "trailwarden.committed";
    private static final String ROWS = "trailwarden.rows";
    private static final ObjectMapper JSON = new ObjectMapper();

    public static Carried of(@Nullable Snapshot snapshot) {
        if (snapshot == null) {
            return new Carried(new LinkedHashMap<>(), new TreeMap<>());
        }
        Map<String, String> summary = snapshot.summary();
        return new Carried(
                new LinkedHashMap<>(longs(summary.getOrDefault(COMMITTED, "{}"))),
                new TreeMap<>(longs(summary.getOrDefault(ROWS, "{}"))));
    }

    /** Whether this checkpoint, or a later one of the same lineage, is in the table. */
    public boolean contains(String lineage, long checkpoint) {
        Long highest = committed.get(lineage);
        return highest != null && highest >= checkpoint;
    }

    public void commit(String lineage, long checkpoint) {
        committed.remove(lineage);
        committed.put(lineage, checkpoint);
        while (committed.size() > LINEAGES) {
            committed.remove(committed.keySet().iterator().next());
        }
    }

    public void add(Map<String, Long> rowsBySource) {
        rowsBySource.forEach((source, count) -> rows.merge(source, count, Long::sum));
    }

    void writeTo(SnapshotUpdate<?> update) {
        update.set(COMMITTED, text(committed));
        update.set(ROWS, text(rows));
    }

    private static LinkedHashMap<String, Long> longs(String json) {
        try {
            return JSON.readValue(json, new TypeReference<>() {});
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("A snapshot's summary is damaged: " + json, e);
        }
    }

    private static String text(Map<String, Long> values) {
        try {
            return JSON.writeValueAsString(values);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("A map of numbers is always JSON", e);
        }
    }
}
