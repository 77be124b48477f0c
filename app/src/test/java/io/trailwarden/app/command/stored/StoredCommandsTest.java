package io.trailwarden.app.command.stored;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.trailwarden.app.HostileFinding;
import io.trailwarden.app.command.CommandRun;
import io.trailwarden.app.terminal.ExitCode;
import io.trailwarden.event.Finding;
import io.trailwarden.event.Severity;
import io.trailwarden.storage.Archive;
import io.trailwarden.storage.catalog.ArchiveConfig;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The commands that only read, over tables that are there. */
class StoredCommandsTest {

    private static final Instant NOW = Instant.parse("2026-03-02T12:00:00Z");
    private static final ObjectMapper JSON = new ObjectMapper();

    @TempDir
    static Path directory;

    @BeforeAll
    static void store() throws IOException {
        try (Archive archive = Archive.open(ArchiveConfig.local(directory.resolve("d")))) {
            archive.findings()
                    .append(List.of(
                            HostileFinding.of("aaa1", Severity.LOW, NOW.minusSeconds(7200)),
                            HostileFinding.of("aaa2", Severity.HIGH, NOW.minusSeconds(60)),
                            HostileFinding.of(
                                    "bbb1", Severity.CRITICAL, NOW.minusSeconds(30), Finding.State.WITHDRAWN, null),
                            HostileFinding.of("ccc1", Severity.MEDIUM, NOW, Finding.State.OPEN, "known")));
        }
    }

    private CommandRun run(String... args) {
        return place(false).run(args);
    }

    private static CommandRun.Place place(boolean colour) {
        return new CommandRun.Place(
                directory, Map.of("TRAILWARDEN_DATA", "d"), colour, Clock.fixed(NOW, ZoneOffset.UTC));
    }

    @Test
    void what_stands_is_listed_the_latest_first_and_what_is_suppressed_is_counted() {
        CommandRun run = run("findings");

        assertThat(run.code()).isEqualTo(ExitCode.FINE);
        assertThat(run.out().lines()).hasSize(2);
        assertThat(run.out().lines().toList().get(0)).contains("high").contains("A newcomer");
        assertThat(run.out().lines().toList().get(1)).contains("low");
        assertThat(run.err()).isEqualTo("1 suppressed; --all prints them too.\n");
    }

    @Test
    void all_means_all() {
        assertThat(run("findings", "--all").out().lines()).hasSize(4);
        assertThat(run("findings", "--all").err()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "--since 1h, aaa2",
        "--since 2026-03-02T11:30:00Z, aaa2",
        "--severity medium, aaa2",
        "--since 24h, aaa2;aaa1",
        "--severity critical, ''",
        // As far back as people can write is everything, and no overflow.
        "--since 999999999d, aaa2;aaa1",
        "--since -1000000-01-01T00:00:00Z, aaa2;aaa1",
    })
    void a_filter_leaves_what_matches(String filter, String ids) throws IOException {
        CommandRun run = run(("findings --json " + filter).split(" "));

        assertThat(run.code()).as(run.err()).isEqualTo(ExitCode.FINE);
        assertThat(run.out().lines().map(StoredCommandsTest::id).toList())
                .isEqualTo(ids.isEmpty() ? List.of() : List.of(ids.split(";")));
    }

    private static String id(String line) {
        try {
            return JSON.readTree(line).path("id").asText();
        } catch (IOException e) {
            throw new AssertionError(line, e);
        }
    }

    @Test
    void nothing_that_matches_is_said_to_people_and_not_to_scripts() {
        assertThat(run("findings", "--severity", "critical").err()).startsWith("No findings that match.");
        assertThat(run("findings", "--severity", "critical", "--json").err()).isEmpty();
        assertThat(run("findings", "--severity", "critical", "--json").out()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "--json", "--format ocsf", "--format asff", "--all", "aaa2", "aaa2 --json"})
    void no_form_lets_a_stranger_speak_to_the_terminal(String form) {
        CommandRun run = run(("findings " + form).strip().split(" "));

        assertThat(run.code()).isEqualTo(ExitCode.FINE);
        assertThat(run.out())
                .contains("newcomer")
                .containsIgnoringCase("\\u001b[2J")
                .doesNotContain("\u001b", "\u202e");
    }

    @Test
    void colours_are_there_where_they_are_wanted_and_never_in_json() {
        assertThat(place(true).run("findings").out()).contains("\u001b[");
        assertThat(place(true).run("findings", "--json").out()).doesNotContain("\u001b");
        assertThat(run("findings").out()).doesNotContain("\u001b");
    }

    @Test
    void one_is_found_by_the_beginning_of_its_id() {
        CommandRun run = run("findings", "aaa2");

        assertThat(run.code()).isEqualTo(ExitCode.FINE);
        assertThat(run.out())
                .contains("What to do now", "1. Ask the owner.", "1 event from 2026-03-02T11:58:00Z", "e-aaa2");
        assertThat(run("findings", "c").out()).contains("Suppressed: known");
        assertThat(id(run("findings", "b", "--json").out())).isEqualTo("bbb1");
    }

    @Test
    void one_is_printed_for_other_tools_like_many() throws IOException {
        JsonNode one = JSON.readTree(run("findings", "aaa2", "--format", "ocsf").out());
        JsonNode many = JSON.readTree(run("findings", "--severity", "high", "--format", "ocsf")
                .out()
                .lines()
                .findFirst()
                .orElseThrow());

        assertThat(one.path("class_uid").asInt()).isEqualTo(2004);
        assertThat(one).isEqualTo(many);
    }

    @ParameterizedTest
    @CsvSource({"aaa, '2 findings begin with \"aaa\"; write more of the id'", "zzz, '0 findings begin with \"zzz\"'"})
    void what_is_not_one_is_an_error(String id, String message) {
        CommandRun run = run("findings", id);

        assertThat(run.code()).isEqualTo(ExitCode.FAILED);
        assertThat(run.err()).isEqualTo("trailwarden: " + message + "\n");
        assertThat(run.out()).isEmpty();
    }

    @Test
    void the_ledger_of_a_directory_that_received_nothing_balances() throws IOException {
        CommandRun run = run("ledger");
        assertThat(run.code()).isEqualTo(ExitCode.FINE);
        assertThat(run.out()).contains("The ledger balances");

        JsonNode json = JSON.readTree(run("ledger", "--json").out());
        assertThat(json.isMissingNode()).isFalse();
        JsonNode verified = JSON.readTree(run("ledger", "--verify", "--json").out());
        assertThat(verified.path("agrees").asBoolean()).isTrue();
        assertThat(verified.path("mismatches").isArray()).isTrue();
        assertThat(verified.path("mismatches")).isEmpty();
    }

    @Test
    void maintenance_once_says_what_it_did() {
        CommandRun run = run("maintain", "--once");

        assertThat(run.code()).as(run.err()).isEqualTo(ExitCode.FINE);
        assertThat(run.out())
                .matches(
                        "[0-9,]+ small files became [0-9,]+; [0-9,]+ snapshots expired; [0-9,]+ files nothing refers to"
                                + " removed[.]\n");
        assertThat(run("findings", "--all").out().lines())
                .as("nothing is lost by it")
                .hasSize(4);
    }

    @Test
    void a_query_answers_in_rows_and_says_when_there_is_more() {
        CommandRun run = run("query", "--json", "--limit", "2", "SELECT id FROM findings ORDER BY id");

        assertThat(run.code()).as(run.err()).isEqualTo(ExitCode.FINE);
        assertThat(run.out()).isEqualTo("{\"id\":\"aaa1\"}\n{\"id\":\"aaa2\"}\n");
        assertThat(run.err()).contains("There is more");
    }

    @Test
    void a_query_that_fails_says_why_and_prints_nothing() {
        CommandRun run = run("query", "SELECT nothing FROM findings");

        assertThat(run.code()).isEqualTo(ExitCode.FAILED);
        assertThat(run.err()).startsWith("trailwarden: query: ").contains("nothing");
        assertThat(run.out()).isEmpty();
    }
}
