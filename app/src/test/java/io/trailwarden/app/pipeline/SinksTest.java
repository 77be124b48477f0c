package io.trailwarden.app.pipeline;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.trailwarden.app.HostileFinding;
import io.trailwarden.app.config.ConfigReader;
import io.trailwarden.event.Severity;
import io.trailwarden.sinks.FindingSink;
import io.trailwarden.storage.Archive;
import io.trailwarden.storage.catalog.ArchiveConfig;
import io.trailwarden.storage.findings.FindingQuery;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SinksTest {

    private static final String EVERY =
            """
            sinks: [storage, stdout, sns, webhook, security-hub]
            sns: {topic: "arn:aws:sns:eu-west-1:111122223333:findings"}
            webhook: {url: "https://hooks.example.com/x"}
            security-hub: {account: "111122223333", region: eu-west-1}
            """;

    @TempDir
    Path directory;

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private Archive archive;

    @BeforeEach
    void open() {
        archive = Archive.open(ArchiveConfig.local(directory));
    }

    @AfterEach
    void close() throws IOException {
        archive.close();
    }

    @Test
    void every_name_is_a_sink_of_that_name() throws IOException {
        Sinks sinks = sinks(EVERY);

        for (String name : Sinks.NAMES) {
            try (FindingSink sink = sinks.of(name)) {
                assertThat(sink.name()).isEqualTo(name);
            }
        }
    }

    @Test
    void a_sink_that_is_not_there_is_told_with_those_that_are() throws IOException {
        Sinks sinks = sinks("sinks: [storage]\n");

        assertThatThrownBy(() -> sinks.of("slack"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("sink: \"slack\" (expected: one of storage, stdout, sns, webhook, security-hub)");
        assertThatThrownBy(() -> sinks.of("sns")).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void findings_go_to_the_tables_and_to_the_terminal() throws Exception {
        Sinks sinks = sinks("sinks: [storage, stdout]\n");
        var finding = HostileFinding.of("a1", Severity.HIGH, Instant.parse("2026-03-01T00:00:00Z"));

        for (String name : List.of("storage", "stdout")) {
            try (FindingSink sink = sinks.of(name)) {
                assertThat(sink.deliver(List.of(finding))).isEmpty();
            }
        }

        assertThat(archive.findings().list(FindingQuery.ALL)).containsExactly(finding);
        assertThat(out.toString(UTF_8)).contains("A newcomer").doesNotContain("\u001b");
    }

    private Sinks sinks(String yaml) throws IOException {
        Path file = Files.writeString(directory.resolve("trailwarden.yaml"), yaml);
        return new Sinks(
                ConfigReader.read(file, directory, Map.of(), Map.of()).sinks(),
                archive,
                new PrintStream(out, true, UTF_8),
                false,
                Clock.systemUTC());
    }
}
