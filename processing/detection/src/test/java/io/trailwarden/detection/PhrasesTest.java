package io.trailwarden.detection;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PhrasesTest {

    @ParameterizedTest
    @CsvSource({
        "arn:aws:iam::111122223333:role/ci/deployer, role deployer",
        "arn:aws:iam::111122223333:user/dana, user dana",
        "arn:aws:iam::111122223333:root, root of 111122223333",
        "arn:aws:sts::111122223333:assumed-role/deployer, role deployer",
        "arn:aws:states:eu-west-1:111122223333:stateMachine:OrderFlow, state machine OrderFlow",
        "cloudtrail.amazonaws.com, cloudtrail.amazonaws.com",
        "999988887777:AIDAX, 999988887777:AIDAX",
        "unknown, unknown"
    })
    void names_principals_as_people_do(String actorKey, String name) {
        assertThat(Phrases.principal(actorKey)).isEqualTo(name);
    }

    @ParameterizedTest
    @CsvSource(
            nullValues = "null",
            value = {
                "arn:aws:iam::111122223333:role/x, 111122223333",
                "arn:aws:lambda:eu-west-1:111122223333:function:f, 111122223333",
                "arn:aws:s3:::bucket, ''",
                "arn:aws, ''",
                "null, ''"
            })
    void finds_the_account_in_an_arn(String arn, String account) {
        assertThat(Phrases.account(arn)).isEqualTo(account);
    }

    @Test
    void lists_end() {
        assertThat(Phrases.list(List.of("a", "b", "c"), 5)).isEqualTo("a, b, c");
        assertThat(Phrases.list(List.of("a", "b", "c"), 2)).isEqualTo("a, b and 1 more");
        assertThat(Phrases.list(List.of(), 2)).isEmpty();
    }

    @Test
    void says_durations() {
        assertThat(Phrases.duration(Duration.ofDays(7))).isEqualTo("7 days");
        assertThat(Phrases.duration(Duration.ofDays(1))).isEqualTo("1 day");
        assertThat(Phrases.duration(Duration.ofHours(36))).isEqualTo("36 hours");
        assertThat(Phrases.duration(Duration.ofMinutes(90))).isEqualTo("90 minutes");
        assertThat(Phrases.duration(Duration.ofSeconds(61))).isEqualTo("PT1M1S");
    }

    @Test
    void a_query_holds_nothing_that_a_stranger_could_use() {
        Instant at = Instant.parse("2026-03-02T09:00:00Z");
        assertThat(Phrases.query(
                        "See",
                        "event_id",
                        "cloudtrail",
                        at,
                        at,
                        "actor_key",
                        "arn:aws:iam::1:user/o'; DROP TABLE x; --",
                        "aws_region",
                        "$(reboot)",
                        "event_name",
                        "GetObject",
                        "recipient_account_id",
                        null))
                .isEqualTo("See: SELECT event_id FROM cloudtrail WHERE event_time BETWEEN TIMESTAMP"
                        + " '2026-03-02 08:45:00' AND TIMESTAMP '2026-03-02 09:15:00' AND event_name = 'GetObject' ORDER"
                        + " BY event_time");
    }
}
