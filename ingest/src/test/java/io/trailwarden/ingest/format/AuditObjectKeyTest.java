package io.trailwarden.ingest.format;

import static org.assertj.core.api.Assertions.assertThat;

import io.trailwarden.ingest.format.AuditObjectKey.Kind;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AuditObjectKeyTest {

    @ParameterizedTest
    @CsvSource(
            nullValues = "-",
            textBlock =
                    """
                    AWSLogs/111122223333/CloudTrail/eu-west-1/2026/03/02/f.json.gz, -, EVENTS
                    my/prefix/AWSLogs/o-exampleorg1/111122223333/CloudTrail-Insight/eu-west-1/2026/03/02/f.json.gz, o-exampleorg1, INSIGHTS
                    AWSLogs/111122223333/CloudTrail-NetworkActivity/eu-west-1/2026/03/02/f.json.gz, -, NETWORK_ACTIVITY
                    AWSLogs/111122223333/CloudTrail-Aggregated/eu-west-1/2026/03/02/f.json.gz, -, AGGREGATED
                    AWSLogs/111122223333/CloudTrail-Digest/eu-west-1/2026/03/02/f.json.gz, -, DIGEST
                    """)
    void keys_that_AWS_makes_are_understood(String key, String organization, Kind kind) {
        assertThat(AuditObjectKey.parse(key))
                .isEqualTo(new AuditObjectKey(organization, "111122223333", kind, "eu-west-1"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "f.json.gz",
                "AWSLogs/111122223333/Config/eu-west-1/2026/03/02/f.json.gz",
                "AWSLogs/1111/CloudTrail/eu-west-1/2026/03/02/f.json.gz",
                "xAWSLogs/111122223333/CloudTrail/eu-west-1/2026/03/02/f.json.gz",
                "AWSLogs/111122223333/CloudTrail/eu-west-1/2026/03/02/",
                "AWSLogs/111122223333/CloudTrail-Other/eu-west-1/2026/03/02/f.json.gz"
            })
    void other_keys_are_not(String key) {
        assertThat(AuditObjectKey.parse(key)).isNull();
    }

    @Test
    void a_hostile_key_does_not_take_long() {
        assertThat(AuditObjectKey.parse("AWSLogs/".repeat(10_000))).isNull();
    }
}
