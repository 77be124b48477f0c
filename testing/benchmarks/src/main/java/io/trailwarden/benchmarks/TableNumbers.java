package io.trailwarden.benchmarks;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * What a run wrote into its tables, by the summaries of their snapshots (Iceberg specification, "Snapshots"), compaction
 * not counted. They are the figures of {@code docs/operations/scaling.md} that no rate changes.
 *
 * @param records rows of records of both kinds
 * @param recordBytes of the files that hold them
 * @param otherBytes of the files of all other tables
 * @param files of all tables
 * @param commits snapshots of all tables
 * @param checkpoints that added anything
 */
record TableNumbers(long records, long recordBytes, long otherBytes, long files, long commits, long checkpoints) {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Set<String> RECORDS = Set.of("cloudtrail", "executions");

    /** Reads the newest metadata of each table below a data directory. */
    static TableNumbers of(Path data) throws IOException {
        Map<String, Path> newest = new TreeMap<>();
        try (Stream<Path> all = Files.walk(data.resolve("warehouse"))) {
            for (Path file : all.filter(each -> each.toString().endsWith(".metadata.json"))
                    .sorted()
                    .toList()) {
                newest.put(file.getParent().getParent().getFileName().toString(), file);
            }
        }
        long records = 0;
        long recordBytes = 0;
        long otherBytes = 0;
        long files = 0;
        long commits = 0;
        Set<List<String>> checkpoints = new HashSet<>();
        for (Map.Entry<String, Path> table : newest.entrySet()) {
            for (JsonNode snapshot : JSON.readTree(table.getValue().toFile()).path("snapshots")) {
                JsonNode summary = snapshot.path("summary");
                if (!summary.has("trailwarden.checkpoint")) {
                    continue;
                }
                checkpoints.add(List.of(
                        summary.path("trailwarden.lineage").asText(),
                        summary.path("trailwarden.checkpoint").asText()));
                commits++;
                files += summary.path("added-data-files").asLong();
                long bytes = summary.path("added-files-size").asLong();
                if (RECORDS.contains(table.getKey())) {
                    records += summary.path("added-records").asLong();
                    recordBytes += bytes;
                } else {
                    otherBytes += bytes;
                }
            }
        }
        return new TableNumbers(records, recordBytes, otherBytes, files, commits, checkpoints.size());
    }

    /** One line for people. */
    String text() {
        return String.format(
                Locale.ROOT,
                "    tables: %.0f bytes a stored record and %.1f for what is told about it; a checkpoint that stored"
                        + " anything (%d did) wrote %.1f data files in %.1f commits%n",
                (double) recordBytes / records,
                (double) otherBytes / records,
                checkpoints,
                (double) files / checkpoints,
                (double) commits / checkpoints);
    }
}
