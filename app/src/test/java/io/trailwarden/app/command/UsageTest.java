package io.trailwarden.app.command;

import static org.assertj.core.api.Assertions.assertThat;

import io.trailwarden.app.terminal.ExitCode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What makes no sense is refused before anything is opened, with the exit code that says whose fault it is. */
class UsageTest {

    @TempDir
    Path directory;

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "fndings                                | Did you mean: trailwarden findings",
                "findings --sevrity high                | Unknown option",
                "findings --since yesterday             | --since: \"yesterday\" (expected: a duration such as",
                "findings --severity                    | Missing required parameter",
                "findings --severity HIGH               | --severity: \"HIGH\" (expected: one of informational,",
                "findings --format cef                  | --format: \"cef\" (expected: ocsf or asff)",
                "query                                  | Missing required parameter",
                "query --format xml SELECT              | --format: \"xml\" (expected: one of table, csv, json, parquet)",
                "query --format parquet SELECT          | --format parquet needs --out FILE",
                "query --format parquet --out f SELECT  | add --show-secrets",
                "query --limit 0 SELECT                 | --limit: 0 (expected: 1 or more)",
                "query --limit ten SELECT               | Invalid value for option '--limit'",
                "run --once                             | --once needs an input",
                "run --fail-on high --input .           | --fail-on needs --once",
                "run --once --fail-on worst --input .   | --fail-on: \"worst\" (expected: one of",
                "sink --kafka b:1 storge                | sink: \"storge\" (expected: one of storage, stdout, sns,",
                "process --kafka b:1 --jar x            | need --jobmanager HOST:PORT",
                "process --kafka b:1 --jobmanager flink:1 | needs --jar FILE and --checkpoints URI",
                "custody verify                         | one of --digests, --from and --bucket is needed",
                "custody verify --digests . --bucket b  | one of --digests, --from and --bucket is needed",
                "custody verify --digests .             | --digests needs --keys",
                "custody verify --bucket b              | --bucket needs --region",
                "custody verify --bucket b --region r --external-id x | without a role",
                "custody verify --bucket b --region r --since x | --since: \"x\"",
                "config                                 | check or explain is missing",
                "rules                                  | list, check, test, explain, match",
                "doctor now                             | Unmatched argument",
            })
    void wrong_usage_is_told_and_ends_with_2(String line, String message) throws IOException {
        CommandRun run = CommandRun.Place.at(directory).run(line.split(" +"));

        assertThat(run.code()).as(run.err()).isEqualTo(ExitCode.USAGE);
        assertThat(run.err()).startsWith("trailwarden: ").contains(message);
        assertThat(run.out()).isEmpty();
        assertThat(run.err()).doesNotContain("\tat ");
        try (Stream<Path> made = Files.list(directory)) {
            assertThat(made).as("nothing was made").isEmpty();
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "run --once --input .",
                "ingest --input .",
                "process",
                "sink",
                "console",
                "findings",
                "tail",
                "query SELECT",
                "ledger",
                "maintain",
                "doctor",
                "config check",
                "config explain",
                "custody verify --from x",
                "rules status",
            })
    void every_command_that_reads_the_configuration_refuses_a_bad_one_with_4(String line) throws IOException {
        Path file = Files.writeString(directory.resolve("trailwarden.yaml"), "follow: true\nkafka: {port: many}\n");

        CommandRun run = CommandRun.Place.at(directory).run(line.split(" +"));

        assertThat(run.code()).as(run.err()).isEqualTo(ExitCode.CONFIG);
        assertThat(run.err()).contains(file + ":2:15: kafka.port: \"many\" (expected: a whole number from 0 to 65535)");
        assertThat(run.out()).isEmpty();
        assertThat(directory.resolve(".trailwarden")).doesNotExist();
    }

    @Test
    void a_configuration_that_is_named_must_be_there() {
        CommandRun run = CommandRun.Place.at(directory).run("config", "check", "--config", "nowhere.yaml");

        assertThat(run.code()).isEqualTo(ExitCode.CONFIG);
        assertThat(run.err()).isEqualTo(directory.resolve("nowhere.yaml") + ": is not a file\n");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"findings", "query SELECT", "ledger", "maintain --once", "custody verify --digests . --keys k"})
    void a_directory_without_tables_is_no_empty_answer(String line) {
        CommandRun run = CommandRun.Place.at(directory).run((line + " --data nowhere").split(" +"));

        assertThat(run.code()).isEqualTo(ExitCode.FAILED);
        assertThat(run.out()).isEmpty();
        assertThat(run.err()).startsWith("trailwarden: ");
        assertThat(directory.resolve("nowhere")).doesNotExist();
    }

    @ParameterizedTest
    @ValueSource(strings = {"tail", "rules status"})
    void where_nothing_runs_there_is_nothing_to_watch(String line) {
        CommandRun run = CommandRun.Place.at(directory).run(line.split(" +"));

        assertThat(run.code()).isEqualTo(ExitCode.FAILED);
        assertThat(run.err()).contains("nothing runs on data directory " + directory.resolve(".trailwarden"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"ingest --input .", "process", "sink storage"})
    void a_stage_of_its_own_needs_a_real_kafka(String line) {
        CommandRun run = CommandRun.Place.at(directory).run(line.split(" +"));

        assertThat(run.code()).isEqualTo(ExitCode.CONFIG);
        assertThat(run.err())
                .isEqualTo("flag --kafka: kafka.bootstrap: \"\" (expected: host:port of a Kafka; a stage of its own has"
                        + " no embedded one)\n");
    }

    @Test
    void a_sink_named_on_the_command_line_needs_its_settings_too() {
        CommandRun run = CommandRun.Place.at(directory).run("sink", "--kafka", "broker:9092", "sns");

        assertThat(run.code()).isEqualTo(ExitCode.CONFIG);
        assertThat(run.err()).isEqualTo("flag SINK: sns.topic: \"\" (expected: ARN of an SNS topic)\n");
    }

    @Test
    void help_is_coloured_where_colours_are_wanted_and_only_there() {
        assertThat(CommandRun.Place.at(directory).run("findings", "--help").out())
                .doesNotContain("\u001b");
        assertThat(new CommandRun.Place(directory, Map.of(), true, java.time.Clock.systemUTC())
                        .run("findings", "--help")
                        .out())
                .contains("\u001b[");
    }

    @ParameterizedTest
    @ValueSource(strings = {"\u001b[2J", "\u202e", "a\rb", "\u0007"})
    void no_message_obeys_what_was_typed(String hostile) throws IOException {
        CommandRun.Place place = CommandRun.Place.at(directory);
        for (String[] line : new String[][] {
            {hostile}, {"findings", "--severity", hostile}, {"findings", "--data", hostile}, {"config", hostile}
        }) {
            CommandRun run = place.run(line);
            assertThat(run.code()).as("%s", (Object) line).isNotZero();
            assertThat(run.out() + run.err()).doesNotContain(hostile);
        }
        String yaml = "\"" + "x"
                + hostile.replace("\r", "\\r").replace("\u001b", "\\e").replace("\u0007", "\\a")
                + "\": 1\nkafka: {bootstrap: \""
                + hostile.replace("\r", "\\r").replace("\u001b", "\\e").replace("\u0007", "\\a") + "\"}\n";
        Files.writeString(directory.resolve("trailwarden.yaml"), yaml);
        CommandRun run = place.run("config", "check");
        assertThat(run.code()).isEqualTo(ExitCode.CONFIG);
        assertThat(run.err()).contains("kafka.bootstrap").doesNotContain(hostile);
    }
}
