package io.trailwarden.jobs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.trailwarden.jobs.operator.JobSettings;
import io.trailwarden.storage.catalog.ArchiveConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class JobMainTest {

    private static final String LEAST = "kafka: {bootstrap: \"broker:9092\"}\nstorage: {catalog: {uri: x}}\n";

    @TempDir
    Path directory;

    @Test
    void the_file_of_all_stages_says_what_the_job_needs() throws IOException {
        JobMain.Told told = read(
                """
                data: /var/lib/trailwarden
                aws: [{kind: nonsense}]
                accounts: {"111122223333": {name: a}}
                console: {port: 1}
                kafka:
                  bootstrap: broker:9092
                  partitions: 8
                  properties: {security.protocol: SASL_SSL}
                storage:
                  catalog: {uri: "https://catalog.example.com", jdbc.password: "env:SECRET"}
                processing:
                  parallelism: 7
                  state-backend: rocksdb
                  checkpoint-interval: 30s
                  disorder: 1h
                  max-keys: 5000
                """);

        assertThat(told.kafka()).isEqualTo(new KafkaAccess("broker:9092", Map.of("security.protocol", "SASL_SSL")));
        assertThat(told.archive())
                .isEqualTo(ArchiveConfig.of(Map.of("uri", "https://catalog.example.com", "jdbc.password", "s3cret")));
        assertThat(told.settings().checkpoints()).hasToString("s3://bucket/checkpoints");
        assertThat(told.settings().processing())
                .isEqualTo(new JobSettings.Processing(
                        7, Duration.ofSeconds(30), JobSettings.StateBackend.ROCKSDB, Duration.ofHours(1), 5000));
    }

    @Test
    void what_is_not_said_has_the_default_that_every_stage_has() throws IOException {
        assertThat(read(LEAST).settings().processing())
                .isEqualTo(new JobSettings.Processing(
                        2, Duration.ofSeconds(10), JobSettings.StateBackend.HEAP, Duration.ofMinutes(10), 150_000));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            textBlock =
                    """
                    procesing: {parallelism: 7}      ; :3:1: "procesing" is not a setting (did you mean "processing"?)
                    processing: {paralelism: 7}      ; :3:14: "processing.paralelism" is not a setting (did you mean
                    processing: {parallelism: two}   ; :3:27: processing.parallelism: "two" (expected: a whole number
                    processing: {parallelism: 0}     ; :3:27: processing.parallelism: "0" (expected: a whole number
                    processing: {state-backend: disk}; :3:29: processing.state-backend: "disk" (expected: one of heap, rocksdb)
                    processing: {checkpoint-interval: PT30S}; :3:35: processing.checkpoint-interval: "PT30S" (expected: a duration
                    """)
    void what_makes_no_sense_is_refused_with_its_place(String line, String message) {
        assertThatThrownBy(() -> read(LEAST + line)).hasMessageStartingWith(file() + message);
    }

    @Test
    void nothing_is_embedded_in_a_cluster() {
        assertThatThrownBy(() -> read("processing: {parallelism: 7}\n"))
                .hasMessage(
                        file() + ": kafka.bootstrap: \"\" (expected: host:port; a cluster has no embedded Kafka)\n"
                                + file()
                                + ": storage.catalog: nothing (expected: a catalog; a cluster has no data directory for tables)");
    }

    @ParameterizedTest
    @CsvSource({
        "1, '1 arguments (expected: two, the configuration and a URI for checkpoints)'",
        "2, 'checkpoints: \"here\" (expected: a URI such as s3://bucket/checkpoints)'"
    })
    void without_a_place_for_checkpoints_nothing_is_submitted(int arguments, String message) throws IOException {
        Files.writeString(file(), LEAST);
        String[] args = arguments == 1 ? new String[] {file().toString()} : new String[] {file().toString(), "here"};

        assertThatThrownBy(() -> JobMain.read(args, Map.of())).hasMessage(message);
    }

    private Path file() {
        return directory.resolve("trailwarden.yaml");
    }

    private JobMain.Told read(String yaml) throws IOException {
        Files.writeString(file(), yaml);
        return JobMain.read(new String[] {file().toString(), "s3://bucket/checkpoints"}, Map.of("SECRET", "s3cret"));
    }
}
