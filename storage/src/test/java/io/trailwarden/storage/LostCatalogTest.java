package io.trailwarden.storage;

import static io.trailwarden.storage.TestEvents.cloudTrail;
import static io.trailwarden.storage.TestEvents.origin;
import static io.trailwarden.storage.TestEvents.receipt;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.trailwarden.storage.catalog.ArchiveConfig;
import io.trailwarden.storage.catalog.CatalogLostException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The catalog is gone and the tables' files are there. */
class LostCatalogTest {

    private static final String TIME = "2026-03-01T10:00:00Z";

    @TempDir
    Path data;

    private ArchiveConfig config;
    private List<Ledger.Line> before;

    @BeforeEach
    void store() throws Exception {
        config = ArchiveConfig.local(data);
        try (Archive archive = Archive.open(config);
                ArchiveWriter writer = archive.newWriter("run", 0)) {
            for (int checkpoint = 1; checkpoint <= 12; checkpoint++) {
                writer.write(cloudTrail("e" + checkpoint, TIME, origin("a", checkpoint)));
                archive.commit("run", checkpoint, List.of(writer.flush(checkpoint, Map.of())));
            }
            writer.write(receipt("a", 12));
            archive.commit("run", 13, List.of(writer.flush(13, Map.of())));
            before = archive.ledger().read();
        }
        assertThat(before).containsExactly(new Ledger.Line("file", 12, 12, 0, 0));
    }

    @Test
    void it_is_no_empty_start() throws IOException {
        lose();
        for (int attempt = 0; attempt < 2; attempt++) {
            assertThatThrownBy(() -> Archive.open(config))
                    .isInstanceOf(CatalogLostException.class)
                    .hasMessageContaining("catalog.sqlite")
                    .hasMessageContaining("table cloudtrail")
                    .hasMessageContaining("maintain --register");
        }
    }

    @Test
    void it_is_rebuilt_from_the_last_commit_of_each_table() throws Exception {
        lose();
        assertThat(Archive.register(config)).containsKeys("cloudtrail", "receipts");
        try (Archive archive = Archive.open(config)) {
            assertThat(archive.ledger().read()).isEqualTo(before);
            assertThat(archive.ledger().verify().agrees()).isTrue();
        }
        assertThat(Archive.register(config)).isEmpty();
    }

    @Test
    void a_start_that_was_refused_has_made_no_table_that_the_rebuilding_would_take_as_known() throws Exception {
        ArchiveConfig onlyReceipts = ArchiveConfig.local(data.resolve("other"));
        try (Archive archive = Archive.open(onlyReceipts);
                ArchiveWriter writer = archive.newWriter("run", 0)) {
            writer.write(receipt("a", 0));
            archive.commit("run", 1, List.of(writer.flush(1, Map.of())));
        }
        lose(data.resolve("other"));
        assertThatThrownBy(() -> Archive.open(onlyReceipts)).hasMessageContaining("table receipts");
        assertThat(Archive.register(onlyReceipts)).containsKeys("cloudtrail", "executions", "receipts");
    }

    @Test
    void a_table_whose_making_was_killed_holds_nothing_and_is_made_again() throws Exception {
        Path made = Files.createDirectories(data.resolve("other/warehouse/trailwarden/cloudtrail/metadata"));
        Files.writeString(made.resolve("00000-x.metadata.json"), "{");
        try (Archive archive = Archive.open(ArchiveConfig.local(data.resolve("other")))) {
            assertThat(archive.ledger().read()).isEmpty();
        }
    }

    private void lose() throws IOException {
        lose(data);
    }

    private static void lose(Path data) throws IOException {
        for (String file : List.of("catalog.sqlite", "catalog.sqlite-wal", "catalog.sqlite-shm")) {
            Files.deleteIfExists(data.resolve("warehouse").resolve(file));
        }
    }
}
