package io.trailwarden.storage;

import static io.trailwarden.storage.TestEvents.cloudTrail;
import static io.trailwarden.storage.TestEvents.execution;
import static io.trailwarden.storage.TestEvents.origin;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.trailwarden.event.CloudTrailEvent;
import io.trailwarden.storage.catalog.ArchiveConfig;
import io.trailwarden.storage.catalog.Duplicate;
import io.trailwarden.storage.catalog.PendingFiles;
import io.trailwarden.storage.catalog.TableLayouts;
import io.trailwarden.storage.files.LocalFileIO;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.iceberg.Table;
import org.apache.iceberg.data.Record;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ArchiveTest {

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
    void several_may_open_new_tables_at_the_same_moment() throws Exception {
        int openers = 4;
        CyclicBarrier together = new CyclicBarrier(openers);
        ExecutorService threads = Executors.newFixedThreadPool(openers);
        try {
            List<Future<Integer>> opened = new ArrayList<>();
            for (int i = 0; i < openers; i++) {
                opened.add(threads.submit(() -> {
                    together.await();
                    try (Archive fresh = Archive.open(ArchiveConfig.local(data.resolve("fresh")))) {
                        return fresh.tableFiles().size();
                    }
                }));
            }
            for (Future<Integer> each : opened) {
                assertThat(each.get()).isEqualTo(TableLayouts.ALL.size());
            }
        } finally {
            threads.shutdownNow();
        }
    }

    @Test
    void every_field_of_a_cloudtrail_record_has_its_column() throws Exception {
        CloudTrailEvent event = cloudTrail("e1", "2026-03-01T10:11:12Z", origin("a.json", 7));
        try (ArchiveWriter writer = archive.newWriter("run", 0)) {
            writer.write(event);
            archive.commit("run", 1, List.of(writer.flush(1, Map.of())));
        }

        Record row = Rows.of(archive, TableLayouts.CLOUDTRAIL).get(0);
        Map<String, Object> values = row.struct().fields().stream()
                .filter(field -> row.getField(field.name()) != null)
                .filter(field -> !field.name().equals("raw"))
                .collect(Collectors.toMap(field -> field.name(), field -> row.getField(field.name())));
        assertThat(values.remove("resources").toString())
                .contains("444455556666", "AWS::IAM::Role", "arn:aws:iam::444455556666:role/Deploy");
        assertThat(values)
                .isEqualTo(Map.ofEntries(
                        Map.entry("event_time", OffsetDateTime.parse("2026-03-01T10:11:12Z")),
                        Map.entry("event_id", "e1"),
                        Map.entry("event_version", "1.11"),
                        Map.entry("event_source", "sts.amazonaws.com"),
                        Map.entry("event_name", "AssumeRole"),
                        Map.entry("aws_region", "eu-central-1"),
                        Map.entry("source_ip_address", "198.51.100.7"),
                        Map.entry("user_agent", "aws-cli/2.17"),
                        Map.entry("request_id", "req-e1"),
                        Map.entry("event_type", "AwsApiCall"),
                        Map.entry("event_category", "Management"),
                        Map.entry("management_event", true),
                        Map.entry("read_only", true),
                        Map.entry("recipient_account_id", "111122223333"),
                        Map.entry("user_identity_type", "AssumedRole"),
                        Map.entry("user_identity_principal_id", "AROAX:alice"),
                        Map.entry("user_identity_arn", "arn:aws:sts::111122223333:assumed-role/Admin/alice"),
                        Map.entry("user_identity_account_id", "111122223333"),
                        Map.entry("user_identity_access_key_id", "ASIAEXAMPLE"),
                        Map.entry("user_identity_session_issuer_type", "Role"),
                        Map.entry("user_identity_session_issuer_arn", "arn:aws:iam::111122223333:role/Admin"),
                        Map.entry("user_identity_session_issuer_account_id", "111122223333"),
                        Map.entry("user_identity_session_issuer_user_name", "Admin"),
                        Map.entry("user_identity_session_created", "2026-03-01T09:00:00Z"),
                        Map.entry("user_identity_mfa_authenticated", "false"),
                        Map.entry("actor_key", "arn:aws:iam::111122223333:role/Admin"),
                        Map.entry(
                                "request_parameters",
                                "{\"roleArn\":\"arn:aws:iam::444455556666:role/Deploy\",\"roleSessionName\":\"x\"}"),
                        Map.entry(
                                "response_elements",
                                "{\"credentials\":{\"accessKeyId\":\"ASIANEW\",\"sessionToken\":\"secret-token\"}}"),
                        Map.entry("assumed_role_arn", "arn:aws:iam::444455556666:role/Deploy"),
                        Map.entry("issued_access_key_id", "ASIANEW"),
                        Map.entry("source", "file"),
                        Map.entry("object", "a.json"),
                        Map.entry("object_offset", 7L),
                        Map.entry("object_sha256", TestEvents.sha("a.json")),
                        Map.entry("ingested_at", OffsetDateTime.parse("2026-03-02T00:00:00Z")),
                        Map.entry("stored_lineage", "run"),
                        Map.entry("stored_after", 0L)));
        assertThat(row.getField("raw")).isEqualTo(new String(event.raw(), StandardCharsets.UTF_8));
    }

    @Test
    void executions_duplicates_letters_and_receipts_have_their_tables() throws Exception {
        byte[] latin1 = {'{', (byte) 0xe9, '}'};
        try (ArchiveWriter writer = archive.newWriter("run", 0)) {
            writer.write(execution(5, "2026-03-01T10:00:00Z", origin("log", 0)));
            writer.write(Duplicate.of(cloudTrail("e1", "2026-03-01T10:00:00Z", origin("b.json", 1))));
            writer.write(TestEvents.deadLetter(origin("c.json", 2), latin1));
            writer.write(TestEvents.deadLetter(origin("c.json", 3), "not json".getBytes(StandardCharsets.UTF_8)));
            writer.write(TestEvents.receipt("c.json", 4));
            PendingFiles pending = writer.flush(1, Map.of());
            assertThat(pending.rows())
                    .isEqualTo(Map.of("executions", 1L, "duplicates", 1L, "dead_letters", 2L, "receipts", 1L));
            archive.commit("run", 1, List.of(pending));
        }

        Record execution = Rows.of(archive, TableLayouts.EXECUTIONS).get(0);
        assertThat(execution.getField("event_id"))
                .isEqualTo("arn:aws:states:eu-central-1:111122223333:execution:Orders:run-1#0#5#TaskFailed");
        assertThat(execution.getField("error")).isEqualTo("Lambda.TooManyRequestsException");
        assertThat(execution.getField("id")).isEqualTo(5L);
        assertThat((String) execution.getField("details")).startsWith("{\"cause\"");
        assertThat(Rows.texts(archive, TableLayouts.DUPLICATES, "event_id")).containsExactly("e1");
        assertThat(Rows.texts(archive, TableLayouts.RECEIPTS, "records")).containsExactly("4");
        assertThat(Rows.of(archive, TableLayouts.DEAD_LETTERS)).anySatisfy(letter -> {
            assertThat(letter.getField("payload")).isNull();
            assertThat(letter.getField("payload_bytes")).isEqualTo(ByteBuffer.wrap(latin1));
        });
        assertThat(Rows.of(archive, TableLayouts.DEAD_LETTERS)).anySatisfy(letter -> {
            assertThat(letter.getField("payload")).isEqualTo("not json");
            assertThat(letter.getField("payload_bytes")).isNull();
        });
    }

    @Test
    void a_commit_that_is_repeated_or_comes_late_changes_nothing() throws Exception {
        try (ArchiveWriter writer = archive.newWriter("run", 0)) {
            writer.write(cloudTrail("e1", "2026-03-01T10:00:00Z", origin("a", 0)));
            byte[] first = writer.flush(3, Map.of("audit.cloudtrail-0", 41L)).toBytes();
            writer.write(cloudTrail("e2", "2026-03-01T10:00:00Z", origin("a", 1)));
            byte[] second = writer.flush(4, Map.of()).toBytes();

            assertThat(PendingFiles.fromBytes(first).offsets()).isEqualTo(Map.of("audit.cloudtrail-0", 41L));
            assertThat(archive.commit("run", 3, List.of(PendingFiles.fromBytes(first))))
                    .isTrue();
            assertThat(archive.commit("run", 3, List.of(PendingFiles.fromBytes(first))))
                    .isFalse();
            assertThat(archive.commit("run", 4, List.of(PendingFiles.fromBytes(second))))
                    .isTrue();
            assertThat(archive.commit("run", 3, List.of(PendingFiles.fromBytes(first))))
                    .isFalse();
        }
        assertThat(Rows.texts(archive, TableLayouts.CLOUDTRAIL, "event_id")).containsExactly("e1", "e2");
    }

    @Test
    void a_commit_that_crashed_between_two_tables_is_completed_by_its_repetition() throws Exception {
        try (ArchiveWriter writer = archive.newWriter("run", 0)) {
            writer.write(cloudTrail("e1", "2026-03-01T10:00:00Z", origin("a", 0)));
            PendingFiles events = writer.flush(1, Map.of());
            archive.commit("run", 1, List.of(events));

            writer.write(TestEvents.receipt("a", 1));
            PendingFiles receipts = writer.flush(2, Map.of());
            assertThat(archive.commit("run", 1, List.of(events, receipts))).isTrue();
        }
        assertThat(Rows.texts(archive, TableLayouts.CLOUDTRAIL, "event_id")).containsExactly("e1");
        assertThat(Rows.texts(archive, TableLayouts.RECEIPTS, "object")).containsExactly("a");
    }

    @Test
    void files_that_are_gone_are_refused_before_anything_is_committed() throws Exception {
        PendingFiles pending;
        try (ArchiveWriter writer = archive.newWriter("run", 0)) {
            writer.write(cloudTrail("e1", "2026-03-01T10:00:00Z", origin("a", 0)));
            pending = writer.flush(1, Map.of());
        }
        String location = pending.files().get("cloudtrail").get(0).location();
        Files.delete(LocalFileIO.path(location));

        assertThatThrownBy(() -> archive.commit("run", 1, List.of(pending)))
                .isInstanceOf(Archive.MissingFilesException.class)
                .hasMessageContaining(location);
        assertThat(Rows.of(archive, TableLayouts.CLOUDTRAIL)).isEmpty();
    }

    @Test
    void a_backfill_of_ninety_interleaved_days_makes_few_files_and_loses_nothing() throws Exception {
        ArchiveConfig local = ArchiveConfig.local(data);
        ArchiveConfig small = new ArchiveConfig(local.catalogProperties(), local.namespace(), 4, 1 << 20, 400_000);
        Random random = new Random(1);
        LocalDate first = LocalDate.of(2026, 1, 1);
        try (Archive limited = Archive.open(small);
                ArchiveWriter writer = limited.newWriter("run", 0)) {
            for (int i = 0; i < 5000; i++) {
                String time = first.plusDays(random.nextInt(90)) + "T10:00:00Z";
                writer.write(cloudTrail("e" + i, time, origin("a", i)));
            }
            PendingFiles pending = writer.flush(1, Map.of());
            assertThat(pending.files().get("cloudtrail")).hasSizeBetween(90, 700);
            limited.commit("run", 1, List.of(pending));
        }
        assertThat(Rows.texts(archive, TableLayouts.CLOUDTRAIL, "event_id"))
                .isEqualTo(
                        IntStream.range(0, 5000).mapToObj(i -> "e" + i).sorted().toList());
    }

    @Test
    void what_was_not_flushed_is_dropped_with_its_files() throws Exception {
        try (ArchiveWriter writer = archive.newWriter("run", 0)) {
            writer.write(cloudTrail("e1", "2026-03-01T10:00:00Z", origin("a", 0)));
        }
        try (var files = Files.walk(data)) {
            assertThat(files.filter(file -> file.toString().endsWith(".parquet")))
                    .isEmpty();
        }
    }

    @Test
    void a_table_of_an_older_version_gets_the_columns_that_it_lacks() throws Exception {
        Table table = Rows.table(archive, TableLayouts.CLOUDTRAIL);
        table.updateSchema().deleteColumn("execution_arn").commit();
        table.updateSchema()
                .addColumn("of_the_future", org.apache.iceberg.types.Types.StringType.get())
                .commit();
        archive.close();
        archive = Archive.open(ArchiveConfig.local(data));

        try (ArchiveWriter writer = archive.newWriter("run", 0)) {
            writer.write(cloudTrail("e1", "2026-03-01T10:00:00Z", origin("a", 0)));
            archive.commit("run", 1, List.of(writer.flush(1, Map.of())));
        }
        Record row = Rows.of(archive, TableLayouts.CLOUDTRAIL).get(0);
        assertThat(row.getField("event_id")).isEqualTo("e1");
        assertThat(row.getField("execution_arn")).isNull();
        assertThat(row.getField("of_the_future")).isNull();
    }

    @Test
    void the_planned_files_need_no_delete_files_and_lie_in_day_partitions() throws Exception {
        try (ArchiveWriter writer = archive.newWriter("run", 0)) {
            writer.write(cloudTrail("e1", "2026-03-01T23:59:59Z", origin("a", 0)));
            writer.write(cloudTrail("e2", "2026-03-02T00:00:00Z", origin("a", 1)));
            archive.commit("run", 1, List.of(writer.flush(1, Map.of())));
        }
        try (var tasks = Rows.table(archive, TableLayouts.CLOUDTRAIL).newScan().planFiles()) {
            assertThat(tasks).hasSize(2).allSatisfy(task -> {
                assertThat(task.deletes()).isEmpty();
                assertThat(task.file().location()).containsPattern("event_time_day=2026-03-0[12]/");
            });
        }
    }
}
