package io.trailwarden.storage.maintenance;

import static io.trailwarden.storage.TestEvents.cloudTrail;
import static io.trailwarden.storage.TestEvents.finding;
import static io.trailwarden.storage.TestEvents.origin;
import static org.assertj.core.api.Assertions.assertThat;

import io.trailwarden.event.CloudTrailEvent;
import io.trailwarden.event.Finding.State;
import io.trailwarden.storage.Archive;
import io.trailwarden.storage.ArchiveWriter;
import io.trailwarden.storage.Ledger;
import io.trailwarden.storage.Rows;
import io.trailwarden.storage.catalog.ArchiveConfig;
import io.trailwarden.storage.catalog.PendingFiles;
import io.trailwarden.storage.catalog.TableLayout;
import io.trailwarden.storage.catalog.TableLayouts;
import io.trailwarden.storage.catalog.TableWriter;
import io.trailwarden.storage.files.LocalFileIO;
import io.trailwarden.storage.findings.FindingQuery;
import io.trailwarden.storage.findings.FindingTable;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.apache.iceberg.Table;
import org.apache.iceberg.data.Record;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MaintenanceTest {

    private static final MaintenanceConfig EAGER = new MaintenanceConfig(
            Duration.ofMillis(1), 4, 128L << 20, Duration.ZERO, 1, Duration.ofHours(1), Duration.ofDays(30));

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

    private void commit(String lineage, int from, int to) throws Exception {
        try (ArchiveWriter writer = archive.newWriter(lineage, from)) {
            for (int i = from; i < to; i++) {
                String day = i % 3 == 0 ? "2026-03-01" : "2026-03-02";
                writer.write(cloudTrail("e" + i, day + "T10:00:00Z", origin("a", i)));
                archive.commit(lineage, i + 1, List.of(writer.flush(i + 1, Map.of())));
            }
        }
    }

    private Maintenance.Report run(MaintenanceConfig config, Clock clock) throws Exception {
        try (Maintenance maintenance = archive.maintenance(config, clock)) {
            return maintenance.runOnce();
        }
    }

    /** Snapshots of this very millisecond are old enough to expire. */
    private static Clock aSecondAhead() {
        return Clock.offset(Clock.systemUTC(), Duration.ofSeconds(1));
    }

    private List<String> files(String table) throws Exception {
        try (var files = Files.walk(data.resolve("warehouse/trailwarden/" + table))) {
            return files.map(Path::toString)
                    .filter(name -> name.endsWith(".parquet"))
                    .sorted()
                    .toList();
        }
    }

    @Test
    void small_files_of_a_day_become_one_and_the_rows_stay_as_they_were() throws Exception {
        commit("run", 0, 12);
        List<String> before = rows();
        Maintenance.Report report = run(EAGER, aSecondAhead());

        assertThat(report.filesMerged()).isEqualTo(12);
        assertThat(report.filesWritten()).isEqualTo(2);
        assertThat(rows()).isEqualTo(before);
        assertThat(archive.tableFiles().get(0).locations()).hasSize(2);
        assertThat(run(EAGER, Clock.systemUTC()).filesMerged()).isZero();

        // What a snapshot removed goes from the disk when that snapshot expires in its turn.
        commit("run", 12, 13);
        run(EAGER, aSecondAhead());
        assertThat(files("cloudtrail")).hasSize(3);
    }

    private List<String> rows() {
        return Rows.of(archive, TableLayouts.CLOUDTRAIL).stream()
                .map(Record::toString)
                .sorted()
                .toList();
    }

    @Test
    void what_commits_and_the_ledger_remember_survives_compaction_and_expiry() throws Exception {
        commit("run", 0, 9);
        run(EAGER, aSecondAhead());
        assertThat(Rows.table(archive, TableLayouts.CLOUDTRAIL).snapshots()).hasSize(1);

        try (ArchiveWriter writer = archive.newWriter("run", 5)) {
            writer.write(cloudTrail("again", "2026-03-01T10:00:00Z", origin("b", 0)));
            assertThat(archive.commit("run", 9, List.of(writer.flush(9, Map.of()))))
                    .isFalse();
        }
        assertThat(archive.ledger().read()).containsExactly(new Ledger.Line("file", 0, 9, 0, 0));
        assertThat(archive.ledger().verify().agrees()).isTrue();
    }

    @Test
    void files_that_lack_a_newer_column_can_be_merged_with_files_that_have_it() throws Exception {
        Table table = Rows.table(archive, TableLayouts.CLOUDTRAIL);
        table.updateSchema()
                .deleteColumn("execution_arn")
                .deleteColumn("resources")
                .commit();
        TableLayout<TableLayouts.Stored<CloudTrailEvent>> now = TableLayouts.CLOUDTRAIL;
        TableLayout<TableLayouts.Stored<CloudTrailEvent>> older = new TableLayout<>(
                now.name(),
                now.schema(),
                now.spec(),
                now.columns().stream()
                        .filter(column -> !column.name().equals("execution_arn")
                                && !column.name().equals("resources"))
                        .toList(),
                now.rows(),
                now.properties());
        try (TableWriter<TableLayouts.Stored<CloudTrailEvent>> writer =
                new TableWriter<>(older, table, archive.config(), "older")) {
            for (int i = 0; i < 3; i++) {
                writer.write(new TableLayouts.Stored<>(
                        cloudTrail("e" + i, "2026-03-01T10:00:00Z", origin("a", i)), "run", 0));
                var append = table.newAppend();
                writer.flush().forEach(append::appendFile);
                append.commit();
            }
        }
        archive.close();
        archive = Archive.open(ArchiveConfig.local(data));
        commit("run", 3, 6);

        Maintenance.Report report = run(EAGER, Clock.systemUTC());
        assertThat(report.filesMerged()).isEqualTo(4);
        assertThat(Rows.texts(archive, TableLayouts.CLOUDTRAIL, "event_id"))
                .containsExactly("e0", "e1", "e2", "e3", "e4", "e5");
        assertThat(Rows.of(archive, TableLayouts.CLOUDTRAIL))
                .filteredOn(row -> row.getField("resources") != null)
                .hasSize(3);
    }

    @Test
    void superseded_revisions_of_findings_are_dropped_when_their_files_are_merged() throws Exception {
        FindingTable table = archive.findings();
        for (int revision = 1; revision <= 5; revision++) {
            table.append(
                    List.of(finding("f1", revision, State.OPEN), finding("f" + (10 + revision), revision, State.OPEN)));
        }
        run(EAGER, Clock.systemUTC());

        assertThat(Rows.of(archive, TableLayouts.FINDING_REVISIONS)).hasSize(6);
        assertThat(archive.findings().find("f1")).contains(finding("f1", 5, State.OPEN));
        assertThat(archive.findings().list(FindingQuery.ALL)).hasSize(6);
        assertThat(table.append(List.of(finding("f1", 4, State.OPEN)))).isZero();
        assertThat(table.append(List.of(finding("f1", 6, State.WITHDRAWN)))).isEqualTo(1);
    }

    @Test
    void files_that_nothing_can_ask_for_are_removed_and_files_that_a_checkpoint_may_hold_stay() throws Exception {
        commit("run", 0, 2);
        PendingFiles unclaimed;
        PendingFiles overtaken;
        try (ArchiveWriter writer = archive.newWriter("other", 7);
                ArchiveWriter killed = archive.newWriter("run", 0)) {
            writer.write(cloudTrail("later", "2026-03-01T10:00:00Z", origin("b", 0)));
            unclaimed = writer.flush(8, Map.of());
            killed.write(cloudTrail("never", "2026-03-01T10:00:00Z", origin("b", 1)));
            overtaken = killed.flush(1, Map.of());
        }
        Path day = LocalFileIO.path(unclaimed.files().get("cloudtrail").get(0).location())
                .getParent();
        Path halfMerged = Files.write(day.resolve("merged-killed.parquet"), new byte[] {1});
        Files.setLastModifiedTime(halfMerged, FileTime.from(Instant.now()));
        int known = files("cloudtrail").size();

        assertThat(run(EAGER, Clock.systemUTC()).orphansRemoved()).isZero();
        Clock twoHoursLater = Clock.fixed(Instant.now().plus(Duration.ofHours(2)), ZoneOffset.UTC);
        run(EAGER, twoHoursLater);
        assertThat(files("cloudtrail")).hasSize(known - 2).doesNotContain(halfMerged.toString());

        assertThat(archive.commit("other", 8, List.of(unclaimed))).isTrue();
        assertThat(LocalFileIO.path(overtaken.files().get("cloudtrail").get(0).location()))
                .doesNotExist();
        Clock muchLater = Clock.fixed(Instant.now().plus(Duration.ofDays(90)), ZoneOffset.UTC);
        run(EAGER, muchLater);
        assertThat(Rows.texts(archive, TableLayouts.CLOUDTRAIL, "event_id")).containsExactly("e0", "e1", "later");
    }

    @Test
    void readers_see_complete_snapshots_while_two_writers_commit_and_maintenance_runs() throws Exception {
        int commits = 25;
        int perCommit = 3;
        AtomicBoolean writing = new AtomicBoolean(true);
        AtomicLong rounds = new AtomicLong();
        MaintenanceConfig busy = new MaintenanceConfig(
                Duration.ofMillis(1),
                3,
                128L << 20,
                Duration.ofSeconds(30),
                3,
                Duration.ofHours(1),
                Duration.ofDays(1));
        ExecutorService threads = Executors.newFixedThreadPool(4);
        try {
            List<Future<?>> writers = new ArrayList<>();
            for (String lineage : List.of("left", "right")) {
                writers.add(threads.submit(() -> {
                    // Each with an archive of its own, as two processes would.
                    try (Archive own = Archive.open(ArchiveConfig.local(data));
                            ArchiveWriter writer = own.newWriter(lineage, 0)) {
                        for (int commit = 1; commit <= commits; commit++) {
                            for (int i = 0; i < perCommit; i++) {
                                String id = lineage + "-" + commit + "-" + i;
                                writer.write(cloudTrail(id, "2026-03-01T10:00:00Z", origin(lineage, i)));
                            }
                            own.commit(lineage, commit, List.of(writer.flush(commit, Map.of())));
                        }
                    }
                    return null;
                }));
            }
            Future<?> maintaining = threads.submit(() -> {
                try (Archive own = Archive.open(ArchiveConfig.local(data));
                        Maintenance maintenance = own.maintenance(busy, Clock.systemUTC())) {
                    while (writing.get()) {
                        maintenance.runOnce();
                        rounds.incrementAndGet();
                    }
                }
                return null;
            });
            Future<Long> reading = threads.submit(() -> {
                long reads = 0;
                try (Archive own = Archive.open(ArchiveConfig.local(data))) {
                    while (writing.get()) {
                        List<String> ids = Rows.texts(own, TableLayouts.CLOUDTRAIL, "event_id");
                        assertThat(ids).doesNotHaveDuplicates();
                        assertThat(ids.size() % perCommit).isZero();
                        reads++;
                    }
                }
                return reads;
            });
            for (Future<?> writer : writers) {
                writer.get();
            }
            writing.set(false);
            maintaining.get();
            assertThat(reading.get()).isPositive();
        } finally {
            writing.set(false);
            threads.shutdownNow();
        }
        assertThat(rounds).hasPositiveValue();
        assertThat(Rows.texts(archive, TableLayouts.CLOUDTRAIL, "event_id"))
                .hasSize(2 * commits * perCommit)
                .doesNotHaveDuplicates();
        assertThat(archive.ledger().verify().agrees()).isTrue();
    }

    @Test
    void the_background_thread_does_the_same() throws Exception {
        commit("run", 0, 12);
        try (Maintenance maintenance = archive.maintenance(EAGER, Clock.systemUTC())) {
            maintenance.start();
            org.awaitility.Awaitility.await().atMost(Duration.ofSeconds(60)).untilAsserted(() -> assertThat(
                            archive.tableFiles().get(0).locations())
                    .hasSize(2));
        }
        assertThat(Rows.texts(archive, TableLayouts.CLOUDTRAIL, "event_id"))
                .isEqualTo(
                        IntStream.range(0, 12).mapToObj(i -> "e" + i).sorted().toList());
    }
}
