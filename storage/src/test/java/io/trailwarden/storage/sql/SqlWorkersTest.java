package io.trailwarden.storage.sql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.trailwarden.event.Finding;
import io.trailwarden.storage.Archive;
import io.trailwarden.storage.ArchiveWriter;
import io.trailwarden.storage.TestEvents;
import io.trailwarden.storage.catalog.ArchiveConfig;
import io.trailwarden.storage.catalog.Duplicate;
import io.trailwarden.storage.sql.QueryFailedException.Reason;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The tests of every confinement; subclasses say which. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class SqlWorkersTest {

    static final Duration LIMIT = Duration.ofSeconds(8);

    private Path data;
    private Archive archive;
    private @Nullable SqlWorkers workers;
    private Map<String, String> evidence;

    Sandbox sandbox(Path scratch) throws IOException {
        return Sandbox.strongest(scratch);
    }

    @BeforeAll
    void open(@TempDir Path folder) throws Exception {
        data = folder;
        archive = Archive.open(ArchiveConfig.local(data));
        try (ArchiveWriter writer = archive.newWriter("run", 0)) {
            for (int i = 0; i < 1000; i++) {
                writer.write(TestEvents.cloudTrail(
                        "e" + i, "2026-03-01T10:00:" + (10 + i % 50) + "Z", TestEvents.origin("a.json", i)));
            }
            writer.write(
                    Duplicate.of(TestEvents.cloudTrail("e1", "2026-03-01T10:00:11Z", TestEvents.origin("b.json", 0))));
            writer.write(TestEvents.deadLetter(TestEvents.origin("b.json", 1), "{".getBytes(StandardCharsets.UTF_8)));
            writer.write(TestEvents.receipt("a.json", 1000));
            writer.write(TestEvents.receipt("b.json", 2));
            archive.commit("run", 1, List.of(writer.flush(1, Map.of())));
        }
        archive.findings()
                .append(List.of(
                        TestEvents.finding("f1", 1, Finding.State.OPEN),
                        TestEvents.finding("f2", 1, Finding.State.OPEN),
                        TestEvents.finding("f1", 2, Finding.State.WITHDRAWN)));
        evidence = evidence();
        SqlSettings settings = SqlSettings.defaults(data.resolve("sql")).withTimeout(LIMIT);
        Path scratch = Scratch.open(settings.scratch());
        workers = SqlWorkers.start(archive, settings, scratch, sandbox(scratch));
    }

    @AfterAll
    void close() throws Exception {
        if (workers == null) {
            archive.close();
            return; // skipped
        }
        workers.close();
        archive.close();
        assertThat(evidence()).isEqualTo(evidence);
        try (var left = Files.list(data.resolve("sql"))) {
            assertThat(left).isEmpty();
        }
    }

    /** Every data file and its hash. */
    private Map<String, String> evidence() throws Exception {
        Map<String, String> hashes = new TreeMap<>();
        try (var files = Files.walk(data.resolve("warehouse"))) {
            for (Path file : files.filter(Files::isRegularFile)
                    .filter(file -> !file.toString().contains("sqlite"))
                    .toList()) {
                byte[] hash = MessageDigest.getInstance("SHA-256").digest(Files.readAllBytes(file));
                hashes.put(data.relativize(file).toString(), HexFormat.of().formatHex(hash));
            }
        }
        return hashes;
    }

    private List<List<@Nullable Object>> rows(String sql) throws Exception {
        return workers.query(sql).rows();
    }

    private QueryFailedException failure(String sql) {
        return catchThrowableOfType(QueryFailedException.class, () -> workers.query(sql));
    }

    @Test
    void every_view_can_be_asked() throws Exception {
        assertThat(rows("SELECT count(*), count(DISTINCT event_id), min(event_time) FROM cloudtrail"))
                .containsExactly(List.of(1000L, 1000L, "2026-03-01T10:00:10Z"));
        assertThat(rows("SELECT count(*) FROM executions")).containsExactly(List.of(0L));
        assertThat(rows("SELECT id, revision, state FROM findings ORDER BY id"))
                .containsExactly(List.of("f1", 2L, "withdrawn"), List.of("f2", 1L, "open"));
        assertThat(rows("SELECT count(*) FROM finding_revisions")).containsExactly(List.of(3L));
        assertThat(rows("SELECT event_id, object FROM duplicates")).containsExactly(List.of("e1", "b.json"));
        assertThat(rows("SELECT reason, payload FROM dead_letters")).containsExactly(List.of("MALFORMED", "{"));
        assertThat(rows("FROM ledger")).containsExactly(List.of("file", 1002L, 1000L, 1L, 1L, 0L));
    }

    @Test
    void json_and_nested_columns_can_be_taken_apart() throws Exception {
        assertThat(rows("SELECT request_parameters->>'$.roleSessionName', resources[1].arn, facts['expected']"
                        + " FROM cloudtrail, findings LIMIT 1"))
                .containsExactly(List.of("x", "arn:aws:iam::444455556666:role/Deploy", "alice in eu-central-1"));
        assertThat(rows("SELECT event_ids, facts FROM findings LIMIT 1").get(0).get(0))
                .isEqualTo(new NestedValue("[\"e1\",\"e2\"]"));
    }

    @Test
    void values_keep_their_types() throws Exception {
        assertThat(rows("SELECT 1, 2.50::DECIMAL(4,2), 0.5::DOUBLE, true, NULL, 'x', DATE '2026-03-01',"
                        + " TIMESTAMP '2026-03-01 10:00:00', 170141183460469231731687303715884105727::HUGEINT,"
                        + " 'a'::BLOB, 'nan'::DOUBLE"))
                .containsExactly(java.util.Arrays.asList(
                        1L,
                        new java.math.BigDecimal("2.50"),
                        0.5,
                        true,
                        null,
                        "x",
                        "2026-03-01",
                        "2026-03-01T10:00",
                        new java.math.BigInteger("170141183460469231731687303715884105727"),
                        "61",
                        "NaN"));
    }

    @Test
    void a_result_that_is_too_long_says_so_and_names_the_setting() throws Exception {
        SqlSettings limits = SqlSettings.defaults(data).withResult(10, 1 << 20);
        List<List<@Nullable Object>> rows = new ArrayList<>();
        QuerySummary summary = workers.start("SELECT event_id FROM cloudtrail", limits, collect(rows))
                .await();

        assertThat(rows).hasSize(10);
        assertThat(summary.truncated()).isEqualTo("cut after 10 rows (setting: sql.rows)");
        assertThat(workers.query("SELECT 1").summary().truncated()).isNull();

        QuerySummary wide = workers.start(
                        "SELECT repeat('x', 1000) FROM range(5000)",
                        SqlSettings.defaults(data).withResult(5000, 100_000),
                        collect(new ArrayList<>()))
                .await();
        assertThat(wide.truncated()).isEqualTo("cut after 100000 bytes (setting: sql.bytes)");
        assertThat(wide.rows()).isBetween(90L, 200L);
    }

    @Test
    void a_wrong_name_is_explained_by_the_engine() {
        QueryFailedException failure = failure("SELECT evnt_name FROM cloudtrail");
        assertThat(failure.reason()).isEqualTo(Reason.FAILED);
        assertThat(failure)
                .hasMessageContaining("evnt_name")
                .hasMessageContaining("event_name")
                .hasMessageContaining("LINE 1: SELECT evnt_name FROM cloudtrail\n");
        assertThat(failure("SELECT\n event_name::INT FROM cloudtrail;"))
                .hasMessageContaining("Could not convert string 'AssumeRole' to INT32")
                .hasMessageContaining("LINE 2:  event_name::INT");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "  ",
                "SELECT 1; SELECT 2",
                "COPY cloudtrail TO '/tmp/trailwarden-stolen.csv'",
                "COPY (SELECT 1) TO 'cloudtrail-0.parquet' (FORMAT parquet, USE_TMP_FILE false)",
                "CREATE TABLE t AS SELECT 1",
                "CREATE TEMP MACRO m() AS 1",
                "WITH gone AS (INSERT INTO cloudtrail SELECT * FROM cloudtrail RETURNING *) SELECT * FROM gone",
                "WITH gone AS (DELETE FROM cloudtrail RETURNING *) SELECT * FROM gone",
                "ATTACH '/tmp/x.db' AS x",
                "SET memory_limit = '100GB'",
                "RESET lock_configuration",
                "PRAGMA threads = 64",
                "INSTALL httpfs",
                "LOAD httpfs",
                "EXPORT DATABASE '/tmp/x'",
                "DROP VIEW cloudtrail",
                "CALL pragma_version()",
                "PREPARE p AS SELECT 1",
                "SET VARIABLE x = 1",
                "EXPLAIN ANALYZE SELECT 1",
                "SELECT '\0'",
            })
    void anything_but_one_select_is_refused(String sql) {
        assertThat(failure(sql).reason()).isEqualTo(Reason.REFUSED);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "SELECT * FROM read_text('/etc/passwd')",
                "SELECT * FROM read_blob('/proc/self/environ')",
                "SELECT * FROM read_csv('/etc/passwd')",
                "SELECT * FROM sniff_csv('/etc/passwd')",
                "SELECT * FROM read_json('/etc/passwd')",
                "SELECT * FROM glob('/*')",
                "SELECT * FROM '/etc/passwd'",
                "SELECT * FROM read_parquet('../../*.parquet')",
                "SELECT * FROM read_csv('http://127.0.0.1:9/x.csv')",
                "SELECT * FROM 'https://example.com/x.parquet'",
                "SELECT * FROM query('COPY (SELECT 1) TO ''x.csv''')",
                "SELECT * FROM sqlite_scan('/tmp/x', 'y')",
            })
    void other_files_and_the_network_are_out_of_reach(String sql) {
        assertThat(failure(sql).reason()).isEqualTo(Reason.FAILED);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "SELECT repeat('a', 2000000000)",
                "SELECT unnest(range(1000000000))",
                "SELECT sum(len(repeat(event_id, 100000000))) FROM cloudtrail",
                "SELECT count(*) FROM range(100000000000) a, range(1000) b",
                "WITH RECURSIVE r(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM r) SELECT count(*) FROM r",
                "SELECT a.event_id FROM cloudtrail a, cloudtrail b, cloudtrail c, cloudtrail d"
                        + " ORDER BY a.raw, b.raw, c.raw, d.raw",
                "SELECT list(raw) FROM cloudtrail, range(1000000)",
            })
    void a_greedy_query_ends_in_time_and_harms_nobody(String sql) throws Exception {
        long started = System.nanoTime();
        QueryFailedException failure = failure(sql);
        Duration took = Duration.ofNanos(System.nanoTime() - started);

        assertThat(failure).isNotNull();
        assertThat(failure.reason()).as(failure.getMessage()).isIn(Reason.TIMED_OUT, Reason.OUT_OF_MEMORY);
        assertThat(failure).hasMessageContaining("setting: sql.");
        assertThat(took).isLessThan(LIMIT.plusSeconds(2));
        assertThat(evidence()).isEqualTo(evidence);
        assertThat(rows("SELECT count(*) FROM cloudtrail")).containsExactly(List.of(1000L));
    }

    @Test
    void nesting_that_would_overflow_the_engines_stack_is_refused() {
        String sql = "SELECT * FROM (".repeat(2000) + "SELECT 1" + ")".repeat(2000);
        assertThat(failure(sql)).hasMessage("The query nests 2000 parentheses (at most 100 are allowed)");
        assertThat(failure("SELECT '" + "x".repeat(100_000) + "'"))
                .hasMessage("The query has 100009 bytes (at most 100000 are allowed)");
    }

    @Test
    void a_cancelled_query_ends_within_a_second() throws Exception {
        RunningQuery other = workers.start("SELECT 1", collect(new ArrayList<>()));
        RunningQuery query =
                workers.start("SELECT count(*) FROM range(100000000000) a, range(1000) b", collect(new ArrayList<>()));
        other.await();
        query.cancel();
        long started = System.nanoTime();
        assertThat(catchThrowableOfType(QueryFailedException.class, query::await)
                        .reason())
                .isEqualTo(Reason.CANCELLED);
        assertThat(Duration.ofNanos(System.nanoTime() - started)).isLessThan(Duration.ofSeconds(1));
    }

    @Test
    void a_result_can_be_taken_home_as_parquet() throws Exception {
        Path target = data.resolve("export.parquet");
        QuerySummary cut = workers.exportParquet(
                        "SELECT event_id, resources FROM cloudtrail; ",
                        SqlSettings.defaults(data).withResult(7, 1 << 20),
                        target)
                .await();
        assertThat(cut.rows()).isEqualTo(7);
        assertThat(cut.truncated()).isEqualTo("cut after 7 rows (setting: sql.rows)");
        SqlSettings unlimited = SqlSettings.defaults(data).withResult(Long.MAX_VALUE, Long.MAX_VALUE);
        QuerySummary all =
                workers.exportParquet("FROM cloudtrail", unlimited, target).await();
        assertThat(all.rows()).isEqualTo(1000);
        assertThat(all.truncated()).isNull();
        assertThat(workers.start("FROM cloudtrail", unlimited, collect(new ArrayList<>()))
                        .await()
                        .rows())
                .isEqualTo(1000);
        assertThat(Files.readAllBytes(target)).startsWith('P', 'A', 'R', '1');
        assertThat(failure("SELECT * FROM read_parquet('" + target + "')").reason())
                .isEqualTo(Reason.FAILED);
    }

    @Test
    void nothing_of_one_query_is_there_for_the_next() throws Exception {
        rows("SELECT 1");
        assertThat(rows("SELECT count(*) FROM duckdb_variables()")).containsExactly(List.of(0L));
        assertThat(rows("SELECT value FROM duckdb_settings() WHERE name IN ('enable_external_access',"
                        + " 'lock_configuration') ORDER BY name"))
                .containsExactly(List.of("false"), List.of("true"));
    }

    @Test
    void questions_about_the_views_are_queries_too() throws Exception {
        assertThat(rows("SHOW TABLES")).extracting(row -> row.get(0)).contains("cloudtrail", "findings", "ledger");
        assertThat(rows("DESCRIBE findings")).extracting(row -> row.get(0)).contains("severity", "techniques");
        assertThat(rows("FROM cloudtrail SELECT event_id ORDER BY event_id DESC LIMIT 2"))
                .containsExactly(List.of("e999"), List.of("e998"));
    }

    @Test
    void the_confinement_is_told() {
        SqlConfinement confinement = workers.confinement();
        assertThat(confinement.holds()).hasSizeGreaterThanOrEqualTo(4);
        assertThat(confinement.lacks().isEmpty()).isEqualTo(confinement.filesReadOnly());
    }

    private static RowConsumer collect(List<List<@Nullable Object>> rows) {
        return new RowConsumer() {
            @Override
            public void columns(List<QueryColumn> names) {}

            @Override
            public void row(List<@Nullable Object> values) {
                rows.add(values);
            }
        };
    }
}
