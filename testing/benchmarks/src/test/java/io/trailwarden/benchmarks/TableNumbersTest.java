package io.trailwarden.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TableNumbersTest {

    @TempDir
    Path data;

    @Test
    void what_checkpoints_added_is_counted_and_compaction_is_not() throws Exception {
        write("cloudtrail", "00001-a", snapshot(1, 1, 10, 1000));
        write(
                "cloudtrail",
                "00002-b",
                snapshot(1, 1, 10, 1000) + "," + snapshot(2, 2, 30, 3000)
                        + ",{\"summary\":{\"operation\":\"replace\",\"added-data-files\":\"1\",\"added-files-size\":\"3500\"}}");
        write("receipts", "00001-c", snapshot(2, 1, 1, 400));

        assertThat(TableNumbers.of(data)).isEqualTo(new TableNumbers(40, 4000, 400, 4, 3, 2));
        assertThat(TableNumbers.of(data).text())
                .isEqualTo(
                        """
                            tables: 100 bytes a stored record and 10.0 for what is told about it; a checkpoint that stored\
                         anything (2 did) wrote 2.0 data files in 1.5 commits
                        """);
    }

    private static String snapshot(int checkpoint, int files, int records, int bytes) {
        return """
                {"summary":{"operation":"append","trailwarden.lineage":"l","trailwarden.checkpoint":"%d",\
                "added-data-files":"%d","added-records":"%d","added-files-size":"%d"}}"""
                .formatted(checkpoint, files, records, bytes);
    }

    private void write(String table, String version, String snapshots) throws Exception {
        Path metadata = Files.createDirectories(data.resolve("warehouse/trailwarden/" + table + "/metadata"));
        Files.writeString(metadata.resolve(version + ".metadata.json"), "{\"snapshots\":[" + snapshots + "]}");
    }
}
