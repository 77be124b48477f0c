package io.trailwarden.detection;

import static org.assertj.core.api.Assertions.assertThat;

import io.trailwarden.event.CloudTrailEvent;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class SignalTest {

    @Test
    void holds_what_matters_of_a_record() {
        Signal signal = Signal.of("d", "k", "use", event("GetObject", "{'ARN':'arn:aws:s3:::b/1'},{'type':'x'}"));
        assertThat(signal.eventId()).isEqualTo("e1");
        assertThat(signal.eventTime()).isEqualTo("2026-03-02T09:00:00Z");
        assertThat(signal.account()).isEqualTo("111122223333");
        assertThat(signal.call()).isEqualTo("GetObject");
        assertThat(signal.principal()).isEqualTo("arn:aws:iam::111122223333:user/dana");
        assertThat(signal.resources()).containsExactly("arn:aws:s3:::b/1");
        assertThat(signal.readOnly()).isFalse();
    }

    @Test
    void no_record_can_make_it_large() {
        String resources = IntStream.range(0, 50)
                .mapToObj(i -> "{'ARN':'" + "r".repeat(5_000) + i + "'}")
                .collect(Collectors.joining(","));
        Signal signal = Signal.of("d", "k".repeat(10_000), "use", event("n".repeat(50_000), resources));
        assertThat(signal.toString()).hasSizeLessThan(16_000);
        assertThat(signal.resources()).hasSize(Signal.MAX_RESOURCES);
    }

    @Test
    void long_keys_that_differ_at_their_end_stay_apart() {
        CloudTrailEvent event = event("GetObject", "");
        assertThat(Signal.of("d", "k".repeat(5_000) + "1", "use", event).key())
                .isNotEqualTo(
                        Signal.of("d", "k".repeat(5_000) + "2", "use", event).key());
    }

    private static CloudTrailEvent event(String call, String resources) {
        return Events.cloudTrail(
                """
                {'userIdentity':{'type':'IAMUser','arn':'arn:aws:iam::111122223333:user/dana','accountId':'111122223333'},
                'eventTime':'2026-03-02T09:00:00Z','eventSource':'s3.amazonaws.com','eventName':'%s','awsRegion':'eu-west-1',
                'eventID':'e1','resources':[%s],'recipientAccountId':'111122223333'}"""
                        .formatted(call, resources));
    }
}
