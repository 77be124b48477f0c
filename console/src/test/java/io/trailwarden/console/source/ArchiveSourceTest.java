package io.trailwarden.console.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.trailwarden.event.CloudTrailEvent;
import io.trailwarden.event.DeadLetter;
import io.trailwarden.event.ExecutionEvent;
import io.trailwarden.event.Origin;
import io.trailwarden.event.Receipt;
import io.trailwarden.event.codec.CloudTrailCodec;
import io.trailwarden.event.codec.Decoded;
import io.trailwarden.event.codec.ExecutionCodec;
import io.trailwarden.storage.Archive;
import io.trailwarden.storage.ArchiveWriter;
import io.trailwarden.storage.catalog.ArchiveConfig;
import io.trailwarden.storage.sql.SqlSettings;
import io.trailwarden.storage.sql.SqlWorkers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** The adapter over real tables and a real SQL worker. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ArchiveSourceTest {

    private static final Instant TIME = Instant.parse("2026-03-01T10:00:00Z");
    private static final String NASTY = "x'); DROP TABLE cloudtrail; --";

    private Archive archive;
    private SqlWorkers own;
    private SqlWorkers workers;
    private ArchiveSource source;

    @BeforeAll
    void open(@TempDir Path folder) throws Exception {
        archive = Archive.open(ArchiveConfig.local(folder));
        try (ArchiveWriter writer = archive.newWriter("run", 0)) {
            writer.write(event("e2", TIME.plusSeconds(2), 1));
            writer.write(event("e1", TIME.plusSeconds(1), 0));
            writer.write(event("it's", TIME.plusSeconds(3), 2));
            writer.write(execution());
            byte[] payload = {'{', (byte) 0xff, '<'};
            writer.write(new DeadLetter(DeadLetter.Reason.MALFORMED, "cut", "record 4", payload, 3, origin(4)));
            writer.write(new Receipt("file", "a.json", "0".repeat(64), 6, 1000, TIME));
            archive.commit("run", 1, List.of(writer.flush(1, Map.of())));
        }
        SqlSettings settings = SqlSettings.defaults(folder.resolve("sql")).withWorkers(1);
        own = SqlWorkers.start(archive, settings);
        workers = SqlWorkers.start(archive, settings);
        source = new ArchiveSource(archive, own, workers, settings, Clock.systemUTC());
    }

    @AfterAll
    void close() throws Exception {
        own.close();
        workers.close();
        archive.close();
    }

    private static Origin origin(long offset) {
        return new Origin("file", "a.json", offset, "0".repeat(64), TIME);
    }

    private static CloudTrailEvent event(String id, Instant time, long offset) {
        String raw = "{\"eventVersion\":\"1.11\",\"eventID\":\"" + id + "\",\"eventTime\":\"" + time
                + "\",\"eventSource\":\"sts.amazonaws.com\",\"eventName\":\"AssumeRole\"}";
        Decoded<CloudTrailEvent> decoded =
                new CloudTrailCodec().decode(raw.getBytes(StandardCharsets.UTF_8), origin(offset));
        return ((Decoded.Read<CloudTrailEvent>) decoded).value();
    }

    private static ExecutionEvent execution() {
        String raw =
                "{\"id\":\"7\",\"type\":\"TaskFailed\",\"details\":{\"error\":\"States.Timeout\"},\"previous_event_id\":\"6\","
                        + "\"event_timestamp\":\"" + TIME.plusSeconds(4).toEpochMilli()
                        + "\",\"execution_arn\":\"arn:aws:states:eu-central-1:111122223333:execution:flow:run\"}";
        Decoded<ExecutionEvent> decoded = new ExecutionCodec().decode(raw.getBytes(StandardCharsets.UTF_8), origin(3));
        return ((Decoded.Read<ExecutionEvent>) decoded).value();
    }

    @Test
    void finds_records_of_both_kinds_in_event_time_order() throws SourceException {
        List<StoredRecord> records = source.find(
                List.of("e2", "e1", "it's", execution().eventId(), "absent", NASTY, "nul\0"),
                TIME,
                TIME.plusSeconds(60));

        assertThat(records)
                .extracting(StoredRecord::eventId)
                .containsExactly("e1", "e2", "it's", execution().eventId());
        assertThat(records.get(0).raw())
                .isEqualTo(event("e1", TIME.plusSeconds(1), 0).raw());
        assertThat(records.get(0).table()).isEqualTo("cloudtrail");
        assertThat(records.get(0).source()).isEqualTo("file");
        assertThat(records.get(1).offset()).isEqualTo(1);
        assertThat(records.get(3).table()).isEqualTo("executions");
        assertThat(records.get(3).raw()).isEqualTo(execution().raw());
    }

    @Test
    void finds_records_of_ids_of_any_length_and_time() throws SourceException {
        List<String> ids = List.of("y".repeat(20_000), "z".repeat(20_000), "e1", "w".repeat(200_000));

        assertThat(source.find(ids, Instant.MIN, Instant.MAX))
                .extracting(StoredRecord::eventId)
                .containsExactly("e1");
        assertThat(source.find(List.of("e1"), TIME.plusSeconds(30), TIME.plusSeconds(60)))
                .isEmpty();
    }

    @Test
    void reads_the_ledger() throws SourceException {
        LedgerView.Report report = source.read();

        assertThat(report.sources()).containsExactly(new LedgerView.Entry("file", 6, 4, 0, 1));
        assertThat(report.sources().get(0).inFlight()).isEqualTo(1);
        assertThat(report.deadLetters()).containsExactly(new LedgerView.DeadReason("MALFORMED", 1));
    }

    @Test
    void shows_dead_letters_with_their_bytes() throws SourceException {
        LedgerView.Dead dead = source.dead("MALFORMED", 10).get(0);

        assertThat(dead.payload()).containsExactly('{', 0xff, '<');
        assertThat(dead.message()).isEqualTo("cut");
        assertThat(source.dead(NASTY, 10)).isEmpty();
    }

    @Test
    void runs_queries_and_lists_tables() throws SourceException {
        Queries.Result result =
                source.run("q", "SELECT event_id, event_time, error_code FROM cloudtrail ORDER BY 1", 2);

        assertThat(result.columns())
                .extracting(Queries.Column::name)
                .containsExactly("event_id", "event_time", "error_code");
        assertThat(result.rows()).hasSize(2);
        assertThat(result.rows().get(0)).containsExactly("e1", "2026-03-01T10:00:01Z", null);
        assertThat(result.truncated()).contains("2", "sql.rows");
        assertThat(source.tables())
                .extracting(Queries.Table::name)
                .contains("cloudtrail", "executions", "findings", "ledger");
    }

    @Test
    void evidence_does_not_wait_behind_an_analyst() throws Exception {
        CompletableFuture<Void> analyst = CompletableFuture.runAsync(() -> {
            try {
                source.run("long", "SELECT sum(sin(a.range * b.range)) FROM range(2000000) a, range(2000000) b", 1);
            } catch (SourceException e) {
                assertThat(e).hasMessageContaining("cancelled");
            }
        });
        assertThat(source.find(List.of("e1"), TIME, TIME.plusSeconds(60))).hasSize(1);
        assertThat(analyst).isNotDone();
        await().atMost(Duration.ofSeconds(30)).until(() -> {
            source.cancel("long");
            return analyst.isDone();
        });
        analyst.join();
    }

    @Test
    void a_query_hides_secrets_and_says_how_many() throws SourceException {
        Queries.Result result = source.run("q", "SELECT 'letmein' AS password, '{\"token\":1}' AS raw", 2);

        assertThat(result.rows().get(0)).containsExactly("‹hidden: 7 characters›", "{\"token\":1}");
        assertThat(result.hidden()).isEqualTo(1);
    }

    @Test
    void explains_a_query_that_fails() {
        assertThatThrownBy(() -> source.run("q", "SELECT nothing FROM cloudtrail", 2))
                .isInstanceOf(SourceException.class)
                .hasMessageContaining("nothing");
        assertThatThrownBy(() -> source.run("q", "DROP TABLE cloudtrail", 2)).isInstanceOf(SourceException.class);
    }

    @Test
    void cancels_a_query() throws Exception {
        CompletableFuture<Throwable> outcome = CompletableFuture.supplyAsync(() -> {
            try {
                source.run("long", "SELECT count(*) FROM range(100000000000) a", 2);
                return new AssertionError("it ended");
            } catch (SourceException e) {
                return e;
            }
        });

        Awaitility.await().pollInterval(java.time.Duration.ofMillis(100)).until(() -> {
            source.cancel("long");
            return outcome.isDone();
        });

        assertThat(outcome.get(1, TimeUnit.SECONDS)).hasMessageContaining("cancelled");
    }
}
