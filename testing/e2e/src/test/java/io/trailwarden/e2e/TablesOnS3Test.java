package io.trailwarden.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.trailwarden.testing.aws.RealServers;
import io.trailwarden.testing.generator.GeneratedFiles;
import io.trailwarden.testing.generator.Scenario;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;

/** The tables' files on a real S3 server and their catalog in a database: everything that reads them finds the same. */
@EnabledIfSystemProperty(named = "cluster.jar", matches = ".+", disabledReason = "needs the profile cluster")
@Timeout(600)
class TablesOnS3Test {

    private static final Duration PATIENCE = Duration.ofMinutes(4);

    @TempDir
    Path directory;

    @Test
    void are_written_asked_maintained_and_counted() throws Exception {
        Path generated = directory.resolve("generated");
        GeneratedFiles files = GeneratedFiles.write(Scenario.of(1, 5_000).withPlanted(20), generated);
        String input = generated.resolve("input").toString();
        try (RealServers servers = RealServers.startWithPostgres(directory.resolve("buckets"))) {
            S3Buckets.create(servers, "tables");
            Path config = Files.writeString(
                    directory.resolve("trailwarden.yaml"),
                    "reference: [\"" + generated.resolve("reference/reference.yaml") + "\"]\n"
                            + "processing: {checkpoint-interval: 200ms}\n" + S3Buckets.catalog(servers));
            Store store = new Store(directory.resolve("data"));

            JsonNode summary = store.runOnce(PATIENCE, "--config", config.toString(), "--input", input);
            assertThat(summary.get("balanced").booleanValue()).isTrue();
            assertThat(summary.at("/ledger/stored").longValue()).isEqualTo(files.events());
            assertThat(directory.resolve("data/warehouse")).doesNotExist();
            Set<String> findings = store.openFindings(config);
            assertThat(findings).hasSizeGreaterThanOrEqualTo(20);

            assertThat(store.ask(config, "maintain", "--once")).contains("small files became");
            assertThat(stored(store, config)).isEqualTo(files.events());
            store.verifiedLedger(config);

            // What is stored is known again, by the ids in files on S3.
            JsonNode again = store.runOnce(PATIENCE, "--config", config.toString(), "--input", input);
            assertThat(again.at("/ledger/stored").longValue()).isEqualTo(files.events());
            assertThat(store.openFindings(config)).isEqualTo(findings);
        }
    }

    private static long stored(Store store, Path config) throws Exception {
        String answer = store.ask(
                        config,
                        "query",
                        "--format",
                        "csv",
                        "SELECT (SELECT count(DISTINCT event_id) FROM cloudtrail) + (SELECT count(*) FROM executions) AS n")
                .strip();
        return Long.parseLong(answer.substring(answer.lastIndexOf('\n') + 1).strip());
    }
}
