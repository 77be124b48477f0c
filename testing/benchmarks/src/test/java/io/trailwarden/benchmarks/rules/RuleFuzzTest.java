package io.trailwarden.benchmarks.rules;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

class RuleFuzzTest {

    private static final byte[] EVENT =
            "{\"eventName\":\"StopLogging\",\"eventSource\":\"cloudtrail.amazonaws.com\",\"resources\":[{\"ARN\":\"a\"}],\"requestParameters\":{\"policy\":\"{\\\"Statement\\\":[{\\\"Effect\\\":\\\"Allow\\\"}]}\",\"n\":1.50}}"
                    .getBytes(StandardCharsets.UTF_8);
    private static final byte[] RULE =
            """
            title: Trail stopped
            name: stopped
            logsource: {product: aws, service: cloudtrail}
            detection:
              selection:
                eventName: [StopLogging, 'Delete*']
                requestParameters.policy.Statement.Effect|re: 'A.*w'
              filter: {requestParameters.n|gte: 2}
              condition: selection and not filter
            """
                    .getBytes(StandardCharsets.UTF_8);

    @Test
    void mutated_events_and_rules_neither_crash_nor_hang_the_engine() {
        RuleFuzz.Outcome outcome = RuleFuzz.run(7, List.of(EVENT), List.of(RULE), 20_000, 1_000);

        assertThat(outcome.malformed()).isPositive();
        assertThat(outcome.matched()).isPositive();
        assertThat(outcome.loaded()).isPositive();
        assertThat(outcome.refused()).isPositive();
    }
}
