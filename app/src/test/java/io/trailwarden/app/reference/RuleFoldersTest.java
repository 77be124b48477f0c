package io.trailwarden.app.reference;

import static org.assertj.core.api.Assertions.assertThat;

import io.trailwarden.app.config.Configuration.Maturity;
import io.trailwarden.event.ReferenceEntry;
import io.trailwarden.settings.ConfigProblem;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RuleFoldersTest {

    private static final Clock NOON = Clock.fixed(Instant.parse("2026-03-02T12:00:00Z"), ZoneOffset.UTC);

    @TempDir
    private Path folder;

    @ParameterizedTest
    @CsvSource({
        "STABLE, stable, true",
        "STABLE, test, false",
        "STABLE, experimental, false",
        "TEST, test, true",
        "TEST, experimental, false",
        "EXPERIMENTAL, experimental, true",
        "EXPERIMENTAL, deprecated, false"
    })
    void onlyRulesThatAreMatureEnoughRun(Maturity least, String status, boolean runs) throws IOException {
        Files.writeString(folder.resolve("a.yml"), rule("status: " + status));

        assertThat(enabled(least)).containsExactly(runs);
    }

    @Test
    void aRuleWithoutAStatusRuns() throws IOException {
        Files.writeString(folder.resolve("a.yml"), rule("author: Dana"));

        assertThat(enabled(Maturity.STABLE)).containsExactly(true);
    }

    @Test
    void whatIsNoRuleIsPublishedSoThatLoadingItSaysWhy() throws IOException {
        Files.writeString(folder.resolve("a.yml"), "detection: [");

        assertThat(enabled(Maturity.STABLE)).containsExactly(true);
    }

    @Test
    void testsBesideTheRulesAreNoRules() throws IOException {
        Files.writeString(folder.resolve("a.test.yml"), rule("status: stable"));

        assertThat(enabled(Maturity.STABLE)).isEmpty();
    }

    private List<Boolean> enabled(Maturity least) {
        List<ConfigProblem> problems = new ArrayList<>();
        List<ReferenceEntry> entries = new RuleFolders(List.of(folder), least, NOON).read(problems);
        assertThat(problems).isEmpty();
        return entries.stream()
                .map(entry -> !String.valueOf(entry.body()).contains("\"enabled\":false"))
                .toList();
    }

    private static String rule(String line) {
        return """
                title: A rule
                id: 583295b6-0000-4000-8000-000000000009
                %s
                logsource: {product: aws, service: cloudtrail}
                detection:
                  selection: {eventName: StopLogging}
                  condition: selection
                """
                .formatted(line);
    }
}
