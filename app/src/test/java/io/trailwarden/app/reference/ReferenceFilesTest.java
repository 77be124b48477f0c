package io.trailwarden.app.reference;

import static org.assertj.core.api.Assertions.assertThat;

import io.trailwarden.app.config.ConfigReader;
import io.trailwarden.event.ReferenceEntry;
import io.trailwarden.settings.ConfigProblem;
import io.trailwarden.testing.aws.SimulatedClock;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReferenceFilesTest {

    private static final Instant NOW = Instant.parse("2026-03-01T00:00:00Z");

    @TempDir
    Path directory;

    private final List<ConfigProblem> problems = new ArrayList<>();

    @Test
    void entries_come_from_the_configuration_and_from_the_files_it_names() throws IOException {
        write("more.yaml", "accounts: {\"444455556666\": {name: b}}\n");
        ReferenceFiles files = files("reference: [more.yaml]\naccounts: {\"111122223333\": {name: a}}\n");

        assertThat(files.read(problems))
                .extracting(ReferenceEntry::key)
                .containsExactlyInAnyOrder("111122223333", "444455556666");
        assertThat(files.read(problems)).extracting(ReferenceEntry::seenAt).containsOnly(NOW);
        assertThat(problems).isEmpty();
    }

    @Test
    void an_entry_that_two_files_have_is_told_with_both_places() throws IOException {
        Path more = write("more.yaml", "accounts:\n  \"111122223333\": {name: b}\n");
        files("reference: [more.yaml]\naccounts: {\"111122223333\": {name: a}}\n")
                .read(problems);

        assertThat(problems)
                .extracting(ConfigProblem::toString)
                .containsExactly(more + ":2:3: \"111122223333\" is there twice (first: "
                        + directory.resolve("trailwarden.yaml") + ":2:12)");
    }

    @Test
    void a_file_that_is_not_there_or_has_another_section_is_told() throws IOException {
        Path more = write("more.yaml", "acounts: {}\n");
        files("reference: [more.yaml, gone.yaml]\n").read(problems);

        assertThat(problems)
                .extracting(ConfigProblem::toString)
                .containsExactly(
                        more + ":1:1: \"acounts\" is not a section (did you mean \"accounts\"?)",
                        directory.resolve("gone.yaml") + ": does not exist");
    }

    @Test
    void what_a_detection_cannot_read_is_told_where_it_stands() throws IOException {
        files("data: d\nexpectations:\n  x: {nonsense: true}\n").read(problems);

        assertThat(problems).isNotEmpty().allSatisfy(problem -> {
            assertThat(problem.place()).isEqualTo(directory.resolve("trailwarden.yaml") + ":3:3");
            assertThat(problem.message()).startsWith("x: ");
        });
    }

    @Test
    void a_change_shows_in_the_fingerprint_and_so_does_a_file_that_goes() throws IOException {
        Path more = write("more.yaml", "accounts: {}\n");
        ReferenceFiles files = files("reference: [more.yaml]\n");
        String before = files.fingerprint();
        assertThat(files.fingerprint()).isEqualTo(before);

        Files.writeString(more, "accounts: {\"111122223333\": {name: a}}\n");
        String changed = files.fingerprint();
        assertThat(changed).isNotEqualTo(before);

        Files.delete(more);
        assertThat(files.fingerprint()).isNotEqualTo(changed).contains("absent");
    }

    private ReferenceFiles files(String yaml) throws IOException {
        Path file = write("trailwarden.yaml", yaml);
        return new ReferenceFiles(ConfigReader.read(file, directory, Map.of(), Map.of()), new SimulatedClock(NOW));
    }

    private Path write(String name, String yaml) throws IOException {
        return Files.writeString(directory.resolve(name), yaml);
    }
}
