package io.trailwarden.app.command.setup;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.trailwarden.app.command.CommandRun;
import io.trailwarden.app.terminal.ExitCode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Map;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SetupCommandsTest {

    private static final ObjectMapper JSON = new ObjectMapper();

    @TempDir
    Path directory;

    private CommandRun run(String... args) {
        return CommandRun.Place.at(directory).run(args);
    }

    private Path write(String yaml) throws IOException {
        return Files.writeString(directory.resolve("trailwarden.yaml"), yaml);
    }

    @Test
    void without_a_file_the_defaults_are_fine() {
        CommandRun run = run("config", "check");

        assertThat(run.code()).isEqualTo(ExitCode.FINE);
        assertThat(run.out()).isEqualTo("No file; the defaults are fine, with 0 entries of reference data.\n");
    }

    @Test
    void a_file_that_is_fine_is_said_to_be_with_its_reference_data() throws IOException {
        Path file = write("follow: true\naccounts:\n  \"111122223333\": {name: a}\n  \"444455556666\": {name: b}\n");

        assertThat(run("config", "check").out()).isEqualTo(file + " is fine, with 2 entries of reference data.\n");
    }

    @Test
    void what_is_wrong_with_reference_data_is_told_with_its_line_and_all_at_once() throws IOException {
        Path file = write("accounts:\n  \"111122223333\": 7\nsuppressions:\n  s: [x]\n? [a]\n: b\n");

        CommandRun run = run("config", "check");

        assertThat(run.code()).isEqualTo(ExitCode.CONFIG);
        assertThat(run.out()).isEmpty();
        assertThat(run.err()).contains(file + ":5:3: a name is expected here");

        file = write("accounts:\n  \"111122223333\": 7\nsuppressions:\n  s: [x]\n");
        assertThat(run("config", "check").err())
                .contains(file + ":2:19: accounts.111122223333: \"7\" (expected: a mapping)")
                .contains(file + ":4:6: suppressions.s: a sequence (expected: a mapping)");
    }

    @Test
    void a_key_of_reference_data_that_is_no_name_is_not_dropped_in_silence() throws IOException {
        Path file = write("accounts:\n  \"111122223333\":\n    ? [a]\n    : b\n");

        CommandRun run = run("config", "check");

        assertThat(run.code()).isEqualTo(ExitCode.CONFIG);
        assertThat(run.err()).startsWith(file + ":3:7: a name is expected here");
    }

    @Test
    void explain_tells_value_origin_and_meaning_of_everything() throws IOException {
        Path file = write(
                "aws:\n  - {kind: cloudtrail, name: a, regions: [r, s]}\nconsole: {token: swordfish-swordfish}\n");
        CommandRun.Place place =
                new CommandRun.Place(directory, Map.of("TRAILWARDEN_KAFKA_PORT", "9"), false, Clock.systemUTC());

        JsonNode settings =
                JSON.readTree(place.run("config", "explain", "--json").out());

        assertThat(settings).allSatisfy(one -> {
            assertThat(StreamSupport.stream(((Iterable<String>) one::fieldNames).spliterator(), false))
                    .containsExactly("key", "value", "origin", "meaning");
            assertThat(one.path("meaning").asText())
                    .as(one.path("key").asText())
                    .isNotBlank();
        });
        assertThat(find(settings, "aws").path("value").asText()).isEqualTo("cloudtrail:a/r, cloudtrail:a/s");
        assertThat(find(settings, "aws").path("origin").asText()).isEqualTo(file + ":2:3");
        assertThat(find(settings, "kafka.port").path("origin").asText())
                .isEqualTo("environment variable TRAILWARDEN_KAFKA_PORT");
        assertThat(find(settings, "console.token").path("value").asText()).isEqualTo("(set)");
        assertThat(settings.toString()).doesNotContain("swordfish");

        CommandRun table = place.run("config", "explain");
        assertThat(table.out()).startsWith("setting").contains("(set)").doesNotContain("swordfish");
        assertThat(table.out().lines()).hasSize(settings.size() + 1);
    }

    private static JsonNode find(JsonNode settings, String key) {
        return StreamSupport.stream(settings.spliterator(), false)
                .filter(one -> one.path("key").asText().equals(key))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void doctor_ends_with_1_when_something_will_not_work_and_says_how_to_mend_it() throws IOException {
        write("inputs: [nowhere]\n");

        CommandRun run = run("doctor");

        assertThat(run.code()).isEqualTo(ExitCode.FAILED);
        assertThat(run.out())
                .containsPattern("(?m)^BAD +inputs +" + directory.resolve("nowhere") + " does not exist$")
                .contains("         fix: correct inputs in the file, or --input")
                .containsPattern("(?m)^[0-9]+ checks, [1-9] bad, [0-9]+ to look at[.]$");
        JsonNode json = JSON.readTree(run("doctor", "--json").out());
        assertThat(json).anySatisfy(check -> {
            assertThat(check.path("name").asText()).isEqualTo("inputs");
            assertThat(check.path("result").asText()).isEqualTo("bad");
        });
    }

    @Test
    void doctor_begins_with_the_configuration() throws IOException {
        write("sinks: [sns]\n");

        CommandRun run = run("doctor");

        assertThat(run.code()).isEqualTo(ExitCode.CONFIG);
        assertThat(run.err())
                .isEqualTo("The configuration comes first:\n" + directory.resolve("trailwarden.yaml")
                        + ":1:8: sns.topic: \"\" (expected: ARN of an SNS topic)\n");
    }
}
