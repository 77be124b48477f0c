package io.trailwarden.app.command;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.trailwarden.app.terminal.ExitCode;
import io.trailwarden.app.terminal.Io;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CommandLineTest {

    @TempDir
    Path directory;

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();

    @ParameterizedTest
    @ValueSource(
            strings = {
                "demo",
                "run",
                "ingest",
                "process",
                "sink",
                "console",
                "findings",
                "tail",
                "query",
                "ledger",
                "maintain",
                "doctor",
                "config"
            })
    void every_command_has_help_with_examples(String command) {
        assertThat(run(command, "--help")).isEqualTo(ExitCode.FINE);
        assertThat(out.toString(UTF_8)).contains("Examples:").contains("trailwarden " + command);
        assertThat(err.toString(UTF_8)).isEmpty();
    }

    @Test
    void without_a_command_it_says_what_there_is_and_that_this_is_wrong_usage() {
        assertThat(run()).isEqualTo(ExitCode.USAGE);
        assertThat(err.toString(UTF_8))
                .contains("a command is missing")
                .contains("demo")
                .contains("ledger");
    }

    @Test
    void an_unknown_command_is_wrong_usage() {
        assertThat(run("fndings")).isEqualTo(ExitCode.USAGE);
        assertThat(err.toString(UTF_8)).contains("findings");
    }

    @Test
    void run_once_without_input_is_wrong_usage() {
        assertThat(run("run", "--once")).isEqualTo(ExitCode.USAGE);
        assertThat(err.toString(UTF_8)).contains("--input");
    }

    @Test
    void a_severity_that_does_not_exist_is_wrong_usage_and_told_with_those_that_do() {
        assertThat(run("findings", "--severity", "hgih")).isEqualTo(ExitCode.USAGE);
        assertThat(err.toString(UTF_8))
                .contains("--severity: \"hgih\" (expected: one of informational, low, medium, high, critical)");
    }

    @Test
    void a_directory_without_tables_is_an_error_and_not_an_empty_answer() {
        assertThat(run("findings", "--data", "nowhere")).isEqualTo(ExitCode.FAILED);
        assertThat(err.toString(UTF_8)).contains("no tables in " + directory.resolve("nowhere"));
        assertThat(directory.resolve("nowhere")).doesNotExist();
    }

    @Test
    void a_bad_configuration_has_its_own_exit_code() throws IOException {
        Files.writeString(directory.resolve("trailwarden.yaml"), "folow: true\n");
        assertThat(run("config", "check")).isEqualTo(ExitCode.CONFIG);
        assertThat(err.toString(UTF_8))
                .startsWith(directory.resolve("trailwarden.yaml") + ":1:1: \"folow\" is not a setting"
                        + " (did you mean \"follow\"?)");
    }

    @Test
    void config_explain_tells_where_each_value_comes_from() throws IOException {
        Files.writeString(directory.resolve("trailwarden.yaml"), "kafka: {port: 9999}\n");
        assertThat(run("config", "explain", "--json", "--data", "d")).isEqualTo(ExitCode.FINE);
        JsonNode settings = new ObjectMapper().readTree(out.toString(UTF_8));
        assertThat(settings).anySatisfy(one -> {
            assertThat(one.path("key").asText()).isEqualTo("kafka.port");
            assertThat(one.path("value").asText()).isEqualTo("9999");
            assertThat(one.path("origin").asText()).endsWith("trailwarden.yaml:1:15");
        });
        assertThat(settings).anySatisfy(one -> {
            assertThat(one.path("key").asText()).isEqualTo("data");
            assertThat(one.path("origin").asText()).isEqualTo("flag --data");
        });
    }

    @Test
    void doctor_looks_at_more_than_twenty_things_and_says_how_to_mend_each() throws IOException {
        run("doctor", "--json", "--data", "d");
        JsonNode checks = new ObjectMapper().readTree(out.toString(UTF_8));
        assertThat(checks.size()).isGreaterThan(20);
        for (JsonNode check : checks) {
            assertThat(check.path("found").asText()).isNotEmpty();
            assertThat(check.path("result").asText().equals("well"))
                    .as("%s", check)
                    .isEqualTo(check.path("fix").isNull());
        }
        assertThat(directory.resolve("d")).as("doctor makes nothing").doesNotExist();
    }

    @Test
    void a_stage_of_its_own_needs_a_real_kafka() {
        assertThat(run("ingest", "--input", ".")).isEqualTo(ExitCode.CONFIG);
        assertThat(err.toString(UTF_8)).contains("kafka.bootstrap");
    }

    @Test
    void errors_do_not_obey_what_strangers_wrote() {
        run("findings", "--severity", "\u001b[2J");
        assertThat(err.toString(UTF_8)).doesNotContain("\u001b").contains("\\u001b[2J");
    }

    private int run(String... args) {
        return Trailwarden.run(
                new Io(
                        new PrintStream(out, true, UTF_8),
                        new PrintStream(err, true, UTF_8),
                        Map.of(),
                        directory,
                        false,
                        false,
                        Clock.systemUTC()),
                args);
    }
}
