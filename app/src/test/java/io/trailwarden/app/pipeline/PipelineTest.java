package io.trailwarden.app.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.trailwarden.app.config.ConfigReader;
import io.trailwarden.app.config.Configuration;
import io.trailwarden.app.reference.ReferenceFiles;
import io.trailwarden.event.Finding;
import io.trailwarden.settings.BadConfigException;
import io.trailwarden.settings.SettingsReader.Flag;
import io.trailwarden.storage.Ledger;
import io.trailwarden.storage.findings.FindingQuery;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Everything in one process: broker, job, tables. */
class PipelineTest {

    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final String ACCOUNTS = "accounts: {\"111122223333\": {name: orders}}\n";
    private static final String ONLY_CI =
            """
            expectations:
              only-ci:
                when: {actions: "states:StartExecution"}
                expect: {principals: "*:role/ci/*"}
            """;
    private static final String HUSH =
            """
            suppressions:
              drill:
                reason: A drill
                until: 2100-01-01T00:00:00Z
                when: {principals: "*:role/support"}
            """;

    @TempDir
    Path directory;

    private Path inbox;
    private Path reference;

    @BeforeEach
    void prepare() throws IOException {
        inbox = Files.createDirectory(directory.resolve("in"));
        reference = directory.resolve("reference.yaml");
        Files.writeString(reference, ACCOUNTS);
    }

    @Test
    void reads_stores_and_judges_by_reference_data_that_changes_while_it_runs() throws Exception {
        try (Pipeline pipeline = start(config("true"))) {
            write("1.json", "e1");
            pipeline.read();
            await().atMost(PATIENCE).until(() -> pipeline.progress().records() == 1);
            pipeline.settle((count, what) -> {});
            assertThat(Ledger.total(pipeline.archive().ledger().read()).stored())
                    .isEqualTo(1);
            assertThat(pipeline.numbers().learning())
                    .containsEntry("unexpected-principal", new JobNumbers.Progress(1, 0));
            assertThat(open(pipeline)).isEmpty();

            // An expectation that is written while it runs judges what comes after it
            Files.writeString(reference, ACCOUNTS + ONLY_CI);
            int[] more = {1};
            await().atMost(PATIENCE).pollInterval(Duration.ofSeconds(1)).untilAsserted(() -> {
                write(++more[0] + ".json", "e" + more[0]);
                assertThat(open(pipeline))
                        .extracting((Finding finding) -> finding.detection().name())
                        .containsExactly("unexpected-principal");
            });

            // And a suppression marks what is there already
            Files.writeString(reference, ACCOUNTS + ONLY_CI + HUSH);
            await().atMost(PATIENCE).untilAsserted(() -> {
                assertThat(open(pipeline)).isEmpty();
                assertThat(pipeline.archive().findings().list(FindingQuery.ALL))
                        .extracting(Finding::suppression)
                        .containsExactly("drill: A drill (until 2100-01-01T00:00:00Z)");
            });

            // What is wrong changes nothing
            Files.writeString(reference, ACCOUNTS + "expectatons: {}\n");
            write("last.json", "last");
            await().atMost(PATIENCE).until(() -> pipeline.progress().records() == more[0] + 1);
            pipeline.settle((count, what) -> {});
            assertThat(open(pipeline)).isEmpty();
        }
    }

    @Test
    void goes_on_where_it_was_and_counts_nothing_twice() throws Exception {
        write("1.json", "e1");
        runOnce();
        write("2.json", "e2");
        Files.copy(inbox.resolve("1.json"), inbox.resolve("again.json"));
        Ledger.Line total = runOnce();
        assertThat(total.received()).isEqualTo(3);
        assertThat(total.stored()).isEqualTo(2);
        assertThat(total.duplicate()).isEqualTo(1);
        assertThat(total.inFlight()).isZero();
    }

    @Test
    void a_second_one_on_the_same_directory_and_wrong_reference_data_are_refused() throws IOException {
        Configuration config = config("false");
        try (Pipeline first = start(config)) {
            first.requireRunning();
            assertThatThrownBy(() -> start(config)).hasMessageContaining("in use");
        }
        Files.writeString(reference, "expectatons: {}\n");
        assertThatThrownBy(() -> start(config))
                .isInstanceOf(BadConfigException.class)
                .hasMessageContaining("expectations");
    }

    private Ledger.Line runOnce() throws Exception {
        try (Pipeline pipeline = start(config("false"))) {
            pipeline.read();
            pipeline.awaitRead((count, what) -> {});
            pipeline.settle((count, what) -> {});
            return Ledger.total(pipeline.archive().ledger().read());
        }
    }

    private static List<Finding> open(Pipeline pipeline) throws IOException {
        return pipeline.archive().findings().list(FindingQuery.OPEN);
    }

    private static Pipeline start(Configuration config) {
        Clock clock = Clock.systemUTC();
        return Pipeline.start(config, List.of(new ReferenceFiles(config, clock)), List.of(), clock);
    }

    private Configuration config(String follow) {
        Map<String, Flag> flags = new LinkedHashMap<>();
        flags.put("data", new Flag("test", directory.resolve("data").toString()));
        flags.put("inputs", new Flag("test", inbox.toString()));
        flags.put("reference", new Flag("test", reference.toString()));
        flags.put("follow", new Flag("test", follow));
        flags.put("console.enabled", new Flag("test", "false"));
        flags.put("processing.checkpoint-interval", new Flag("test", "1s"));
        return ConfigReader.read(null, directory, Map.of(), flags);
    }

    /** A start by a role that is not continuous integration. */
    private void write(String file, String eventId) throws IOException {
        String record =
                """
                {"eventVersion":"1.10","userIdentity":{"type":"AssumedRole","principalId":"AROA1:dana",
                "arn":"arn:aws:sts::111122223333:assumed-role/support/dana","accountId":"111122223333","accessKeyId":"ASIA1",
                "sessionContext":{"sessionIssuer":{"type":"Role","arn":"arn:aws:iam::111122223333:role/support",
                "accountId":"111122223333"}}},"eventTime":"%s","eventSource":"states.amazonaws.com",
                "eventName":"StartExecution","awsRegion":"eu-west-1","sourceIPAddress":"203.0.113.9","eventID":"%s",
                "eventType":"AwsApiCall","recipientAccountId":"111122223333"}"""
                        .formatted(Instant.now().truncatedTo(ChronoUnit.SECONDS), eventId)
                        .replace("\n", "");
        Path temporary = Files.writeString(directory.resolve(file), record + "\n");
        Files.move(temporary, inbox.resolve(file), StandardCopyOption.ATOMIC_MOVE);
    }
}
