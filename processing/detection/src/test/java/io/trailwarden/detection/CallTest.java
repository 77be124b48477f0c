package io.trailwarden.detection;

import static org.assertj.core.api.Assertions.assertThat;

import io.trailwarden.event.CloudTrailEvent;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class CallTest {

    @Test
    void holds_who_did_what_where_and_with_what_outcome() {
        Call call = Call.of(event("GetObject", "{'ARN':'arn:aws:s3:::b/1'},{'type':'x'}"));
        assertThat(call.principal()).isEqualTo("arn:aws:iam::111122223333:user/dana");
        assertThat(call.caller().type()).isEqualTo("IAMUser");
        assertThat(call.action()).isEqualTo("s3:GetObject");
        assertThat(call.operation().readOnly()).isFalse();
        assertThat(call.account()).isEqualTo("111122223333");
        assertThat(call.region()).isEqualTo("eu-west-1");
        assertThat(call.resources()).containsExactly("arn:aws:s3:::b/1");
        assertThat(call.errorCode()).isNull();
    }

    @Test
    void no_record_can_make_it_large() {
        String resources = IntStream.range(0, 50)
                .mapToObj(i -> "{'ARN':'" + "r".repeat(5_000) + i + "'}")
                .collect(Collectors.joining(","));
        Call call = Call.of(event("n".repeat(50_000), resources));
        assertThat(call.toString()).hasSizeLessThan(16_000);
        assertThat(call.resources()).hasSize(Call.MAX_RESOURCES).doesNotHaveDuplicates();
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
