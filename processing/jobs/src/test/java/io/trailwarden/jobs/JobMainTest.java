package io.trailwarden.jobs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.trailwarden.jobs.operator.JobSettings;
import java.io.IOException;
import java.io.StringReader;
import java.time.Duration;
import java.util.Map;
import java.util.Properties;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class JobMainTest {

    @Test
    void readsSettings() throws IOException {
        JobSettings settings = JobMain.settings(
                properties(
                        """
                        checkpoints = s3://bucket/checkpoints
                        parallelism = 7
                        state-backend = rocksdb
                        checkpoint-interval = PT30S
                        max-keys = 5
                        """));

        assertThat(settings.checkpoints()).hasToString("s3://bucket/checkpoints");
        assertThat(settings.parallelism()).isEqualTo(7);
        assertThat(settings.stateBackend()).isEqualTo(JobSettings.StateBackend.ROCKSDB);
        assertThat(settings.checkpointInterval()).isEqualTo(Duration.ofSeconds(30));
        assertThat(settings.maxKeysPerDetector()).isEqualTo(5);
    }

    @Test
    void readsKafka() throws IOException {
        KafkaAccess kafka = JobMain.kafka(
                properties(
                        """
                kafka.bootstrap.servers = broker:9092
                kafka.security.protocol = SASL_SSL
                """));

        assertThat(kafka).isEqualTo(new KafkaAccess("broker:9092", Map.of("security.protocol", "SASL_SSL")));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            textBlock =
                    """
                    parallelism = 2; checkpoints is missing (expected: a URI such as s3://bucket/checkpoints)
                    checkpoints = s3://b/c\\nparalelism = 2; paralelism is unknown (expected: one of
                    checkpoints = s3://b/c\\nparallelism = two; parallelism: "two" (expected: a whole number)
                    checkpoints = s3://b/c\\nparallelism = 0; parallelism: 0 (expected: at least 1)
                    checkpoints = s3://b/c\\nstate-backend = disk; state-backend: "disk" (expected: one of heap, rocksdb)
                    checkpoints = s3://b/c\\ncheckpoint-interval = 30; checkpoint-interval: "30" (expected: an ISO 8601
                    """)
    void refusesWhatMakesNoSense(String text, String message) {
        assertThatThrownBy(() -> JobMain.settings(properties(text.replace("\\n", "\n"))))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith(message);
    }

    @Test
    void refusesToGuessTheBroker() {
        assertThatThrownBy(() -> JobMain.kafka(new Properties()))
                .hasMessage("kafka.bootstrap.servers is missing (expected: host:port)");
    }

    private static Properties properties(String text) throws IOException {
        Properties properties = new Properties();
        properties.load(new StringReader(text));
        return properties;
    }
}
