package io.trailwarden.app.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.trailwarden.app.reference.ReferenceFiles;
import io.trailwarden.event.ReferenceEntry;
import io.trailwarden.settings.BadConfigException;
import io.trailwarden.settings.ConfigProblem;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReferenceFileTest {

    private static final Instant NOW = Instant.parse("2026-03-01T10:00:00Z");

    @TempDir
    Path directory;

    @Test
    void sections_become_entries() throws IOException {
        List<ReferenceEntry> entries = read(
                """
                accounts:
                  "111122223333": {name: payments, joined: 2024-05-01T00:00:00Z}
                  012345678901: {name: leading zero}
                detections:
                  throttling-spike: {floor: 20}
                expectations:
                  only-ci:
                    when: {actions: ["states:StartExecution"]}
                    expect: {principals: ["*:role/ci/*"]}
                """);
        assertThat(entries)
                .containsExactly(
                        entry(
                                ReferenceEntry.Kind.ACCOUNT,
                                "111122223333",
                                "{\"name\":\"payments\",\"joined\":\"2024-05-01T00:00:00Z\"}"),
                        entry(ReferenceEntry.Kind.ACCOUNT, "012345678901", "{\"name\":\"leading zero\"}"),
                        entry(ReferenceEntry.Kind.SETTING, "throttling-spike", "{\"floor\":20}"),
                        entry(
                                ReferenceEntry.Kind.EXPECTATION,
                                "only-ci",
                                "{\"when\":{\"actions\":[\"states:StartExecution\"]},"
                                        + "\"expect\":{\"principals\":[\"*:role/ci/*\"]}}"));
    }

    @Test
    void account_ids_inside_lists_keep_their_leading_zero_without_quotes() throws IOException {
        assertThat(read("detections:\n  outside-organization: {awsAccounts: [012345678901, 111122223333]}\n"))
                .extracting(ReferenceEntry::body)
                .containsExactly("{\"awsAccounts\":[\"012345678901\",\"111122223333\"]}");
    }

    @Test
    void what_a_detection_refuses_is_told_with_the_place_in_the_file() throws IOException {
        List<String> problems = problems(
                """
                accounts:
                  "1111": {name: too short}
                expectations:
                  typo:
                    wen: {}
                    expect: {regions: [eu-west-1]}
                """);
        assertThat(problems).hasSize(2);
        assertThat(problems.get(0)).startsWith(file() + ":2:3: 1111: ").contains("12 digits");
        assertThat(problems.get(1)).startsWith(file() + ":4:3: typo: ").contains("wen");
    }

    @Test
    void the_same_key_in_two_files_is_told() throws IOException {
        Path second = Files.writeString(directory.resolve("second.yaml"), "accounts: {\"111122223333\": {}}");
        Files.writeString(file(), "reference: [second.yaml]\naccounts: {\"111122223333\": {}}\n");
        List<ConfigProblem> problems = new ArrayList<>();
        source().read(problems);
        assertThat(problems)
                .extracting(ConfigProblem::toString)
                .containsExactly(second + ":1:12: \"111122223333\" is there twice (first: " + file() + ":2:12)");
    }

    @Test
    void a_section_that_is_misspelt_is_told() throws IOException {
        Path second = Files.writeString(directory.resolve("second.yaml"), "acounts: {}");
        Files.writeString(file(), "reference: [second.yaml]\n");
        List<ConfigProblem> problems = new ArrayList<>();
        source().read(problems);
        assertThat(problems)
                .extracting(ConfigProblem::toString)
                .containsExactly(second + ":1:1: \"acounts\" is not a section (did you mean \"accounts\"?)");
    }

    @Test
    void aliases_that_multiply_themselves_are_refused_in_no_time() throws IOException {
        StringBuilder yaml = new StringBuilder("accounts:\n  a0: &a0 {x: [1,1,1,1,1,1,1,1,1,1]}\n");
        for (int i = 1; i < 12; i++) {
            yaml.append("  a").append(i).append(": &a").append(i).append(" {x: [");
            yaml.append(("*a" + (i - 1) + ",").repeat(9))
                    .append("*a")
                    .append(i - 1)
                    .append("]}\n");
        }
        assertThatThrownBy(() -> problems(yaml.toString()))
                .isInstanceOf(BadConfigException.class)
                .hasMessageContaining("aliases");
    }

    private static ReferenceEntry entry(ReferenceEntry.Kind kind, String key, String body) {
        return new ReferenceEntry(kind, key, body, NOW);
    }

    private Path file() {
        return directory.resolve("trailwarden.yaml");
    }

    private ReferenceFiles source() {
        return new ReferenceFiles(
                ConfigReader.read(file(), directory, Map.of(), Map.of()), Clock.fixed(NOW, ZoneOffset.UTC));
    }

    private List<ReferenceEntry> read(String yaml) throws IOException {
        Files.writeString(file(), yaml);
        List<ConfigProblem> problems = new ArrayList<>();
        List<ReferenceEntry> entries = source().read(problems);
        assertThat(problems).isEmpty();
        return entries;
    }

    private List<String> problems(String yaml) throws IOException {
        Files.writeString(file(), yaml);
        List<ConfigProblem> problems = new ArrayList<>();
        source().read(problems);
        return problems.stream().map(ConfigProblem::toString).toList();
    }
}
