package io.trailwarden.app.command.run;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.trailwarden.app.command.CommandRun;
import io.trailwarden.app.terminal.ExitCode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Files in, findings out, and what the other commands say of the directory afterwards. */
class RunOnceTest {

    private static final String RULE =
            """
            title: A trail was stopped
            id: 3f1c1d2e-0000-4000-8000-000000000001
            status: stable
            level: high
            logsource: {product: aws, service: cloudtrail}
            detection:
              stop: {eventName: StopLogging}
              condition: stop
            """;
    private static final ObjectMapper JSON = new ObjectMapper();

    @TempDir
    static Path directory;

    private static CommandRun first;

    @BeforeAll
    static void run() throws IOException {
        Path rules = Files.createDirectory(directory.resolve("rules"));
        Files.writeString(rules.resolve("stop.yml"), RULE);
        Files.writeString(directory.resolve("other.yml"), RULE.replace("StopLogging", "StartLogging"));
        Files.writeString(
                directory.resolve("trailwarden.yaml"),
                "data: d\nrules: [rules]\nprocessing: {checkpoint-interval: 1s, parallelism: 1}\n");
        Files.writeString(
                directory.resolve("in.json"),
                record("e1", "StopLogging") + record("e2", "StartLogging") + record("e1", "StopLogging")
                        + "{\"eventVersion\": \"1.10\", \"eventID\":\n");
        first = CommandRun.Place.at(directory)
                .run("run", "--once", "--input", "in.json", "--json", "--fail-on", "high");
    }

    private static String record(String id, String name) {
        return ("""
                {"eventVersion":"1.10","userIdentity":{"type":"IAMUser","principalId":"AIDA1",
                "arn":"arn:aws:iam::111122223333:user/dana","accountId":"111122223333"},
                "eventTime":"2026-03-01T10:00:00Z","eventSource":"cloudtrail.amazonaws.com","eventName":"%s",
                "awsRegion":"eu-west-1","sourceIPAddress":"203.0.113.9","userAgent":"=cmd()","eventID":"%s",
                "eventType":"AwsApiCall","recipientAccountId":"111122223333"}"""
                                .formatted(name, id))
                        .replace("\n", "")
                + "\n";
    }

    private static CommandRun command(String... args) {
        return CommandRun.Place.at(directory).run(args);
    }

    @Test
    void the_summary_counts_every_record_once_and_ends_with_3_where_findings_are_bad_enough() throws IOException {
        assertThat(first.code()).as(first.err()).isEqualTo(ExitCode.FINDINGS);
        JsonNode summary = JSON.readTree(first.out());
        assertThat(summary.path("balanced").asBoolean()).isTrue();
        JsonNode ledger = summary.path("ledger");
        assertThat(ledger.path("stored").asLong()).isEqualTo(2);
        assertThat(ledger.path("duplicate").asLong()).isEqualTo(1);
        assertThat(ledger.path("received").asLong())
                .isEqualTo(3 + ledger.path("deadLettered").asLong());
        assertThat(ledger.path("deadLettered").asLong())
                .as("what is cut off is no silence")
                .isPositive();
        assertThat(summary.path("findings").path("bySeverity").path("high").asLong())
                .isEqualTo(1);
    }

    @Test
    void the_ledger_counted_row_by_row_agrees() throws IOException {
        CommandRun run = command("ledger", "--verify", "--json");

        assertThat(run.code()).as(run.err()).isEqualTo(ExitCode.FINE);
        JsonNode verified = JSON.readTree(run.out());
        assertThat(verified.path("agrees").asBoolean()).isTrue();
        assertThat(verified.path("mismatches")).isEmpty();
        assertThat(command("ledger", "--verify").out()).contains("The ledger balances");
    }

    @Test
    void the_finding_is_there_with_what_to_do() {
        CommandRun run = command("findings");

        assertThat(run.code()).isEqualTo(ExitCode.FINE);
        assertThat(run.out()).contains("high", "A trail was stopped");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "rules/stop.yml                          | 1 findings in 2 records",
                "rules/stop.yml --against other.yml      | 1 findings more, 1 fewer, 0 the same in 2 records",
                "rules/stop.yml --against rules          | 0 findings more, 0 fewer, 1 the same in 2 records",
                "rules --since 2026-03-02T00:00:00Z      | 0 findings in 0 records",
            })
    void a_rule_is_tried_on_what_is_stored(String line, String outcome) {
        CommandRun run =
                command(("rules backtest " + line + (line.contains("since") ? "" : " --since 2026-01-01T00:00:00Z"))
                        .split(" +"));

        assertThat(run.code()).as(run.err()).isEqualTo(ExitCode.FINE);
        assertThat(run.err()).contains(outcome);
    }

    @Test
    void a_rule_that_is_not_there_is_wrong_usage() {
        CommandRun run = command("rules", "backtest", "nowhere.yml");

        assertThat(run.code()).isEqualTo(ExitCode.USAGE);
        assertThat(run.err()).contains("RULE: nowhere.yml (expected: a file or folder)");
    }

    @Test
    void rows_go_to_a_spreadsheet_without_becoming_formulas() {
        CommandRun run =
                command("query", "--format", "csv", "SELECT event_id, user_agent FROM cloudtrail ORDER BY event_id");

        assertThat(run.code()).as(run.err()).isEqualTo(ExitCode.FINE);
        assertThat(run.out()).isEqualTo("event_id,user_agent\r\ne1,'=cmd()\r\ne2,'=cmd()\r\n");
    }
}
