package io.trailwarden.app.pipeline;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.trailwarden.app.HostileFinding;
import io.trailwarden.event.Finding;
import io.trailwarden.event.Severity;
import io.trailwarden.ingest.IngestProgress;
import io.trailwarden.storage.Ledger;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class RunSummaryTest {

    private static final Instant NOW = Instant.parse("2026-03-02T12:00:00Z");

    @Test
    void for_scripts_every_key_is_there_with_its_number() {
        assertThat(summary(List.of(new Ledger.Line("file", 10, 7, 2, 1), new Ledger.Line("s3:a", 5, 5, 0, 0)))
                        .json())
                .hasToString("{\"version\":1,"
                        + "\"run\":{\"objects\":3,\"skippedObjects\":1,\"records\":15,\"rejectedRecords\":1,"
                        + "\"ignored\":{},\"bytes\":1500,"
                        + "\"seconds\":3.0,\"recordsPerSecond\":5,\"readSeconds\":2.0,\"readRecordsPerSecond\":8,"
                        + "\"settleSeconds\":1.0},"
                        + "\"ledger\":{\"source\":\"total\",\"received\":15,\"stored\":12,\"duplicate\":2,\"deadLettered\":1,"
                        + "\"inFlight\":0},\"balanced\":true,"
                        + "\"sources\":[{\"source\":\"file\",\"received\":10,\"stored\":7,\"duplicate\":2,"
                        + "\"deadLettered\":1,\"inFlight\":0},{\"source\":\"s3:a\",\"received\":5,\"stored\":5,"
                        + "\"duplicate\":0,\"deadLettered\":0,\"inFlight\":0}],"
                        + "\"deadLetters\":{\"unreadable\":1},"
                        + "\"findings\":{\"open\":2,\"suppressed\":4,\"bySeverity\":{\"low\":1,\"high\":1},"
                        + "\"byDetection\":{\"unexpected-principal\":2}},"
                        + "\"learning\":{\"unexpected-principal\":{\"learning\":3,\"learned\":9}}}");
    }

    @Test
    void for_people_it_says_what_was_read_what_is_wrong_and_what_is_not_told_yet() {
        assertThat(printed(summary(List.of(new Ledger.Line("file", 10, 7, 2, 1)))))
                .contains(
                        "Read 15 records from 3 files in 2.0 s (8 records/s); 1 files were known.",
                        "All stored and every finding out 1.0 s later.",
                        "file          10       7          2              1          0",
                        "The ledger balances",
                        "unreadable          1",
                        "unexpected-principal     2  high",
                        "4 more are suppressed",
                        "unexpected-principal: 9 learned; 3 still being learned");
    }

    @Test
    void one_source_that_lacks_what_another_has_too_much_does_not_balance() {
        RunSummary summary = summary(List.of(new Ledger.Line("a", 10, 9, 0, 0), new Ledger.Line("b", 10, 11, 0, 0)));

        assertThat(summary.json().path("balanced").asBoolean()).isFalse();
        assertThat(printed(summary)).contains("Records are in flight");
    }

    @Test
    void so_many_are_at_least_so_bad() {
        RunSummary summary = summary(List.of());

        assertThat(summary.atLeast(Severity.INFORMATIONAL)).isEqualTo(2);
        assertThat(summary.atLeast(Severity.HIGH)).isEqualTo(1);
        assertThat(summary.atLeast(Severity.CRITICAL)).isZero();
    }

    @Test
    void a_run_that_took_no_time_and_found_nothing_divides_by_nothing() {
        RunSummary empty = new RunSummary(
                new IngestProgress(0, 0, 0, 0, 0, Map.of()),
                Duration.ZERO,
                Duration.ZERO,
                List.of(),
                List.of(),
                0,
                Map.of(),
                Map.of());

        assertThat(empty.json().path("run").path("recordsPerSecond").asInt()).isZero();
        assertThat(printed(empty)).contains("No findings.").doesNotContain("NaN", "suppressed", "dead letters");
    }

    @Test
    void learning_is_told_of_those_that_learn() {
        JobNumbers numbers = new JobNumbers(
                Map.of(
                        "learning.a",
                        2L,
                        "learned.a",
                        3L,
                        "learning.b",
                        0L,
                        "learned.b",
                        0L,
                        "learned.c",
                        4L,
                        "keys",
                        9L),
                Map.of());

        assertThat(numbers.learning()).containsExactly(Map.entry("a", new JobNumbers.Progress(2, 3)));
    }

    private static RunSummary summary(List<Ledger.Line> ledger) {
        List<Finding> findings =
                List.of(HostileFinding.of("a", Severity.LOW, NOW), HostileFinding.of("b", Severity.HIGH, NOW));
        return new RunSummary(
                new IngestProgress(3, 1, 15, 1, 1500, Map.of()),
                Duration.ofSeconds(2),
                Duration.ofSeconds(1),
                ledger,
                findings,
                4,
                new TreeMap<>(Map.of("unreadable", 1L)),
                Map.of("unexpected-principal", new JobNumbers.Progress(3, 9)));
    }

    private static String printed(RunSummary summary) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        summary.print(new PrintStream(bytes, true, UTF_8));
        return bytes.toString(UTF_8);
    }
}
