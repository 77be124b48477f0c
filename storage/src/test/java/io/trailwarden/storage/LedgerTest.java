package io.trailwarden.storage;

import static io.trailwarden.storage.TestEvents.cloudTrail;
import static io.trailwarden.storage.TestEvents.deadLetter;
import static io.trailwarden.storage.TestEvents.origin;
import static io.trailwarden.storage.TestEvents.receipt;
import static io.trailwarden.storage.TestEvents.sha;
import static org.assertj.core.api.Assertions.assertThat;

import io.trailwarden.event.Origin;
import io.trailwarden.event.Receipt;
import io.trailwarden.storage.catalog.ArchiveConfig;
import io.trailwarden.storage.catalog.Duplicate;
import io.trailwarden.storage.catalog.PendingFiles;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LedgerTest {

    private static final String TIME = "2026-03-01T10:00:00Z";

    @TempDir
    Path data;

    private Archive archive;

    @BeforeEach
    void open() {
        archive = Archive.open(ArchiveConfig.local(data));
    }

    @AfterEach
    void close() throws Exception {
        archive.close();
    }

    @Test
    void an_empty_archive_has_no_lines() throws Exception {
        assertThat(archive.ledger().read()).isEmpty();
        assertThat(Ledger.total(List.of())).isEqualTo(new Ledger.Line("total", 0, 0, 0, 0));
    }

    @Test
    void lines_follow_the_commits_and_the_rows_agree() throws Exception {
        Ledger ledger = archive.ledger();
        try (ArchiveWriter writer = archive.newWriter("run", 0)) {
            writer.write(cloudTrail("e1", TIME, origin("a", 0)));
            writer.write(TestEvents.execution(1, TIME, origin("a", 1)));
            archive.commit("run", 1, List.of(writer.flush(1, Map.of())));
            assertThat(ledger.read()).containsExactly(new Ledger.Line("file", 0, 2, 0, 0));
            assertThat(ledger.read().get(0).inFlight()).isEqualTo(-2);

            writer.write(Duplicate.of(cloudTrail("e1", TIME, origin("a", 2))));
            writer.write(deadLetter(origin("a", 3), new byte[] {'{'}));
            writer.write(receipt("a", 5));
            writer.write(receipt("a", 5));
            writer.write(cloudTrail("e9", TIME, origin("s3:x", "z", 0)));
            PendingFiles second = writer.flush(2, Map.of());
            archive.commit("run", 2, List.of(second));
            archive.commit("run", 2, List.of(second));
        }
        List<Ledger.Line> lines = List.of(new Ledger.Line("file", 5, 2, 1, 1), new Ledger.Line("s3:x", 0, 1, 0, 0));
        assertThat(ledger.read()).isEqualTo(lines);
        assertThat(lines.get(0).inFlight()).isEqualTo(1);
        assertThat(lines.get(0).balances()).isFalse();
        assertThat(Ledger.total(lines)).isEqualTo(new Ledger.Line("total", 5, 3, 1, 1));
        assertThat(ledger.verify().counted()).isEqualTo(lines);
        assertThat(ledger.verify().agrees()).isTrue();
        assertThat(archive.ledger().read()).isEqualTo(lines);
    }

    @Test
    void objects_of_the_same_bytes_count_each() throws Exception {
        Origin one = new Origin("file", "one.json", 0, TestEvents.sha("same"), Instant.EPOCH);
        Origin two = new Origin("file", "two.json", 0, TestEvents.sha("same"), Instant.EPOCH);
        try (ArchiveWriter writer = archive.newWriter("run", 0)) {
            writer.write(cloudTrail("e1", TIME, one));
            writer.write(Duplicate.of(cloudTrail("e1", TIME, two)));
            writer.write(new Receipt("file", "one.json", TestEvents.sha("same"), 1, 100, Instant.EPOCH));
            writer.write(new Receipt("file", "two.json", TestEvents.sha("same"), 1, 100, Instant.EPOCH));
            archive.commit("run", 1, List.of(writer.flush(1, Map.of())));
        }
        assertThat(archive.ledger().read()).containsExactly(new Ledger.Line("file", 2, 1, 1, 0));
        assertThat(archive.ledger().verify().agrees()).isTrue();
        assertThat(archive.ledger().mismatches(10)).isEmpty();
        assertThat(archive.ledger().receivedObjects()).hasSize(2);
    }

    @Test
    void objects_that_do_not_add_up_are_named() throws Exception {
        try (ArchiveWriter writer = archive.newWriter("run", 0)) {
            writer.write(cloudTrail("e1", TIME, origin("good", 0)));
            writer.write(receipt("good", 1));
            writer.write(cloudTrail("e2", TIME, origin("short", 0)));
            writer.write(receipt("short", 3));
            writer.write(receipt("lost", 10));
            writer.write(cloudTrail("e3", TIME, origin("no receipt", 0)));
            archive.commit("run", 1, List.of(writer.flush(1, Map.of())));
        }
        assertThat(archive.ledger().mismatches(10))
                .containsExactly(
                        new Ledger.Mismatch("lost", sha("lost"), new Ledger.Line("file", 10, 0, 0, 0)),
                        new Ledger.Mismatch("short", sha("short"), new Ledger.Line("file", 3, 1, 0, 0)),
                        new Ledger.Mismatch("no receipt", sha("no receipt"), new Ledger.Line("file", 0, 1, 0, 0)));
        assertThat(archive.ledger().mismatches(1)).hasSize(1);
    }
}
