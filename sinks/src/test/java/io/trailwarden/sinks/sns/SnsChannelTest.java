package io.trailwarden.sinks.sns;

import static org.assertj.core.api.Assertions.assertThat;

import io.trailwarden.event.Finding;
import io.trailwarden.event.FindingId;
import io.trailwarden.event.Severity;
import io.trailwarden.sinks.aws.AwsTarget;
import io.trailwarden.sinks.notice.Channel;
import io.trailwarden.sinks.notice.Notice;
import io.trailwarden.testing.SampleFinding;
import io.trailwarden.testing.aws.FakeEndpoints;
import io.trailwarden.testing.aws.FakeEndpoints.Planted;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class SnsChannelTest {

    private static final String TOPIC = "arn:aws:sns:eu-central-1:111122223333:findings";

    private final FakeEndpoints endpoints = new FakeEndpoints();

    @AfterEach
    void close() {
        endpoints.close();
    }

    @Test
    void attributes_serve_filter_policies_and_are_fewer_than_ten() {
        assertThat(send(TOPIC, notices(1, "Title"))).containsExactly(new Channel.Delivered());
        FakeEndpoints.Message message = endpoints.messages.get(0);
        assertThat(message.attributes())
                .containsOnlyKeys(SnsChannel.ATTRIBUTES)
                .containsEntry("severity", "high")
                .containsEntry("detection", "test")
                .containsEntry("account_id", "111122223333")
                .containsEntry("kind", "finding");
        assertThat(SnsChannel.ATTRIBUTES).hasSizeLessThan(10);
        assertThat(message.subject()).isEqualTo("high: Title0");
    }

    @Test
    void a_fifo_topic_recognises_a_finding_by_its_id() {
        send(TOPIC + ".fifo", notices(1, "Title"));
        FakeEndpoints.Message message = endpoints.messages.get(0);
        assertThat(message.deduplicationId()).isEqualTo(finding("Title0").id());
        assertThat(message.groupId()).isEqualTo("111122223333");
    }

    @Test
    void more_than_ten_go_in_several_requests_and_large_ones_too() {
        List<Notice> notices = notices(25, "a");
        notices.addAll(notices(5, "x".repeat(200_000)));
        assertThat(send(TOPIC, notices)).hasSize(30).allSatisfy(outcome -> assertThat(outcome)
                .isInstanceOf(Channel.Delivered.class));
        assertThat(endpoints.messages).hasSize(30);
    }

    @Test
    void a_subject_is_one_line_of_ascii() {
        send(TOPIC, notices(1, "\u001b[31m\r\nBcc: x \u00fc" + "y".repeat(200)));
        assertThat(endpoints.messages.get(0).subject())
                .startsWith("high: \\u001b[31m\\r\\nBcc: x ?yyy")
                .hasSize(99);
    }

    @Test
    void entries_that_failed_are_told_from_those_that_were_taken() {
        endpoints.plant(Planted.PARTIAL, 1);
        List<Channel.Outcome> outcomes = send(TOPIC, notices(4, "Title"));
        assertThat(outcomes.get(0)).isInstanceOf(Channel.Delivered.class);
        assertThat(outcomes.get(1)).isInstanceOfSatisfying(Channel.NotNow.class, notNow -> assertThat(notNow.why())
                .contains("InternalError"));
        assertThat(endpoints.messages).hasSize(2);
    }

    @Test
    void a_poisonous_entry_is_refused_alone() {
        endpoints.poison = body -> body.contains("Title2");
        assertThat(send(TOPIC, notices(4, "Title")).get(2))
                .isInstanceOfSatisfying(Channel.Refused.class, refused -> assertThat(refused.reason())
                        .contains("InvalidParameter"));
        assertThat(endpoints.messages).hasSize(3);
    }

    @Test
    void during_an_outage_nothing_is_refused_and_the_rest_is_not_tried() {
        endpoints.down = true;
        assertThat(send(TOPIC, notices(30, "Title"))).hasSize(30).allSatisfy(outcome -> assertThat(outcome)
                .isInstanceOf(Channel.NotNow.class));
    }

    private List<Channel.Outcome> send(String topic, List<Notice> notices) {
        try (SnsChannel channel = new SnsChannel(
                topic, new AwsTarget("eu-central-1", "", "", "", endpoints.url()), "https://console.example.com")) {
            return channel.send(notices);
        }
    }

    private static List<Notice> notices(int count, String title) {
        List<Notice> notices = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            notices.add(new Notice.One(finding(title + i)));
        }
        return notices;
    }

    private static Finding finding(String title) {
        return SampleFinding.of(FindingId.of("test", title))
                .detection("test")
                .severity(Severity.HIGH)
                .title(title)
                .description("Because.")
                .subject("subject")
                .account("111122223333")
                .region("eu-central-1")
                .at(Instant.EPOCH)
                .events(List.of())
                .eventCount(1)
                .build();
    }
}
