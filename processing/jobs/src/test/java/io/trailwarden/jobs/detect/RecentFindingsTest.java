package io.trailwarden.jobs.detect;

import static org.assertj.core.api.Assertions.assertThat;

import io.trailwarden.event.Finding;
import io.trailwarden.event.FindingId;
import io.trailwarden.event.Severity;
import io.trailwarden.testing.SampleFinding;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.streaming.util.OneInputStreamOperatorTestHarness;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class RecentFindingsTest {

    @Test
    void findings_pass_as_they_come() throws Exception {
        try (var flink = harness("kafka-1")) {
            flink.open();
            flink.processElement(finding("a"), 0);
            flink.processElement(finding("b"), 0);
            assertThat(flink.extractOutputValues())
                    .extracting((Finding finding) -> finding.subject().name())
                    .containsExactly("a", "b");
        }
    }

    @Test
    void beside_another_kafka_what_was_sent_to_the_lost_one_is_sent_again_once() throws Exception {
        OperatorSubtaskState state = stateAfter("kafka-1", null, "a", "b");
        OperatorSubtaskState second;
        try (var flink = harness("kafka-2")) {
            flink.initializeState(state);
            flink.open();
            assertThat(flink.extractOutputValues())
                    .extracting((Finding finding) -> finding.subject().name())
                    .containsExactly("a", "b");
            second = flink.snapshot(2, 2);
        }
        try (var flink = harness("kafka-2")) {
            flink.initializeState(second);
            flink.open();
            assertThat(flink.extractOutputValues()).isEmpty();
        }
        try (var flink = harness("kafka-3")) {
            flink.initializeState(second);
            flink.open();
            assertThat(flink.extractOutputValues())
                    .extracting((Finding finding) -> finding.subject().name())
                    .containsExactly("a", "b");
        }
    }

    @Test
    void beside_the_same_kafka_nothing_is_sent_again() throws Exception {
        OperatorSubtaskState state = stateAfter("kafka-1", null, "a");
        try (var flink = harness("kafka-1")) {
            flink.initializeState(state);
            flink.open();
            assertThat(flink.extractOutputValues()).isEmpty();
        }
    }

    @Test
    void what_every_sink_has_had_time_for_is_forgotten() throws Exception {
        OperatorSubtaskState state = stateAfter("kafka-1", RecentFindings.KEPT.toMillis() + 1, "a");
        try (var flink = harness("kafka-2")) {
            flink.initializeState(state);
            flink.open();
            assertThat(flink.extractOutputValues()).isEmpty();
        }
    }

    private static OperatorSubtaskState stateAfter(String feed, @Nullable Long waitMillis, String... subjects)
            throws Exception {
        try (var flink = harness(feed)) {
            flink.open();
            flink.setProcessingTime(1_000);
            for (String subject : subjects) {
                flink.processElement(finding(subject), 0);
            }
            if (waitMillis != null) {
                flink.setProcessingTime(1_000 + waitMillis);
            }
            return flink.snapshot(1, 1);
        }
    }

    private static Harness harness(String feed) throws Exception {
        return new Harness(feed);
    }

    /** Flink's, closing without an exception that try would have to know. */
    private static final class Harness extends OneInputStreamOperatorTestHarness<Finding, Finding> {

        Harness(String feed) throws Exception {
            super(new RecentFindings(feed));
            setup(TypeInformation.of(Finding.class)
                    .createSerializer(getExecutionConfig().getSerializerConfig()));
        }

        @Override
        public void close() {
            try {
                super.close();
            } catch (Exception e) { // as declared by Flink
                throw new AssertionError(e);
            }
        }
    }

    private static Finding finding(String subject) {
        Instant time = Instant.parse("2026-03-01T09:00:00Z");
        return SampleFinding.of(FindingId.of("test", subject))
                .detection("test")
                .severity(Severity.LOW)
                .title("Title")
                .description("Description.")
                .subject(subject)
                .at(time)
                .events(List.of("e1"))
                .facts(Map.of("seen", "this"))
                .build();
    }
}
