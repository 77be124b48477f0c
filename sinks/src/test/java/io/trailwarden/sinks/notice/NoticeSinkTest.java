package io.trailwarden.sinks.notice;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.trailwarden.event.Finding;
import io.trailwarden.event.FindingId;
import io.trailwarden.event.Severity;
import io.trailwarden.sinks.FindingSink;
import io.trailwarden.sinks.SinkUnavailableException;
import io.trailwarden.testing.SampleFinding;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class NoticeSinkTest {

    private final Moving clock = new Moving();
    private final Recording channel = new Recording();

    @Test
    void only_what_failed_is_sent_again() throws Exception {
        NoticeSink sink = new NoticeSink(channel, NoticePolicy.EVERYTHING, clock);
        List<Finding> batch = findings(4, Severity.LOW);
        channel.answer = notice -> notice.findings().contains(batch.get(2))
                ? new Channel.NotNow("throttled", null)
                : new Channel.Delivered();
        assertThatThrownBy(() -> sink.deliver(batch))
                .isInstanceOf(SinkUnavailableException.class)
                .hasMessage("throttled");
        channel.answer = notice -> new Channel.Delivered();
        assertThat(sink.deliver(batch)).isEmpty();
        assertThat(channel.sent).hasSize(5);
        assertThat(channel.sent.get(4).findings()).containsExactly(batch.get(2));
    }

    @Test
    void a_refusal_in_a_batch_that_comes_again_is_not_forgotten() throws Exception {
        NoticeSink sink = new NoticeSink(channel, NoticePolicy.EVERYTHING, clock);
        List<Finding> batch = findings(2, Severity.LOW);
        channel.answer = notice -> notice.findings().contains(batch.get(0))
                ? new Channel.Refused("poison")
                : new Channel.NotNow("down", null);
        assertThatThrownBy(() -> sink.deliver(batch)).isInstanceOf(SinkUnavailableException.class);
        channel.answer = notice -> new Channel.Delivered();
        assertThat(sink.deliver(batch)).containsExactly(new FindingSink.Refused(batch.get(0), "poison"));
        assertThat(channel.sent).hasSize(3);
    }

    @Test
    void the_same_revision_in_a_later_batch_is_told_again() throws Exception {
        NoticeSink sink = new NoticeSink(channel, NoticePolicy.EVERYTHING, clock);
        sink.deliver(findings(1, Severity.LOW));
        sink.deliver(findings(1, Severity.LOW));
        assertThat(channel.sent).hasSize(2);
    }

    @Test
    void of_several_revisions_in_a_batch_the_highest_is_told() throws Exception {
        NoticeSink sink = new NoticeSink(channel, NoticePolicy.EVERYTHING, clock);
        sink.deliver(
                List.of(finding("a", 2, Severity.LOW), finding("a", 5, Severity.LOW), finding("a", 3, Severity.LOW)));
        assertThat(channel.sent).singleElement().satisfies(notice -> assertThat(
                        notice.findings().get(0).revision())
                .isEqualTo(5));
    }

    @Test
    void what_is_less_severe_than_wanted_is_not_told() throws Exception {
        NoticeSink sink = new NoticeSink(channel, new NoticePolicy(Severity.HIGH, 0, Duration.ZERO), clock);
        sink.deliver(List.of(finding("a", 1, Severity.MEDIUM), finding("b", 1, Severity.HIGH)));
        assertThat(channel.sent).singleElement().satisfies(notice -> assertThat(notice.severity())
                .isEqualTo(Severity.HIGH));
    }

    @Test
    void what_is_suppressed_is_not_told() throws Exception {
        NoticeSink sink = new NoticeSink(channel, NoticePolicy.EVERYTHING, clock);
        Finding open = finding("a", 1, Severity.HIGH);
        sink.deliver(List.of(SampleFinding.like(open).suppression("known work").build()));
        assertThat(channel.sent).isEmpty();
    }

    @Test
    void a_storm_becomes_a_few_messages_that_name_every_finding() throws Exception {
        NoticeSink sink =
                new NoticeSink(channel, new NoticePolicy(Severity.INFORMATIONAL, 10, Duration.ofMinutes(1)), clock);
        List<Finding> storm = findings(500, Severity.LOW);
        Finding worst = finding("worst", 1, Severity.CRITICAL);
        storm.add(worst);
        sink.deliver(storm);
        assertThat(channel.sent).hasSize(10 + 3);
        assertThat(channel.sent.get(0)).isEqualTo(new Notice.One(worst));
        assertThat(channel.sent.subList(10, 13))
                .allSatisfy(notice -> assertThat(notice).isInstanceOf(Notice.Digest.class));
        Set<String> named = channel.sent.stream()
                .flatMap(notice -> notice.findings().stream())
                .map(Finding::id)
                .collect(Collectors.toSet());
        assertThat(named)
                .isEqualTo(new HashSet<>(storm.stream().map(Finding::id).toList()));
    }

    @Test
    void after_a_digest_findings_gather_until_the_next_is_due_and_then_all_is_calm_again() throws Exception {
        NoticeSink sink =
                new NoticeSink(channel, new NoticePolicy(Severity.INFORMATIONAL, 60, Duration.ofMinutes(1)), clock);
        Duration usual = sink.batching().longestWait();
        sink.deliver(findings(100, Severity.LOW));
        assertThat(channel.sent).hasSize(61);
        assertThat(sink.batching().longestWait()).isEqualTo(Duration.ofMinutes(1));
        assertThat(sink.batching().atMost()).isGreaterThan(1000);
        clock.now = clock.now.plusSeconds(61);
        assertThat(sink.batching().longestWait()).isEqualTo(usual);
        channel.sent.clear();
        sink.deliver(findings(60, Severity.LOW));
        assertThat(channel.sent).hasSize(60).allSatisfy(notice -> assertThat(notice)
                .isInstanceOf(Notice.One.class));
    }

    @Test
    void a_message_that_was_not_taken_does_not_count_against_the_cap() throws Exception {
        NoticeSink sink =
                new NoticeSink(channel, new NoticePolicy(Severity.INFORMATIONAL, 2, Duration.ofMinutes(1)), clock);
        channel.answer = notice -> new Channel.NotNow("down", null);
        for (int i = 0; i < 5; i++) {
            assertThatThrownBy(() -> sink.deliver(findings(2, Severity.LOW)))
                    .isInstanceOf(SinkUnavailableException.class);
        }
        channel.answer = notice -> new Channel.Delivered();
        channel.sent.clear();
        sink.deliver(findings(2, Severity.LOW));
        assertThat(channel.sent).hasSize(2).allSatisfy(notice -> assertThat(notice)
                .isInstanceOf(Notice.One.class));
    }

    @Test
    void the_same_digest_has_the_same_id_and_another_has_another() {
        List<Finding> some = findings(3, Severity.LOW);
        assertThat(new Notice.Digest(some).id())
                .isEqualTo(new Notice.Digest(some).id())
                .isNotEqualTo(new Notice.Digest(some.subList(0, 2)).id());
    }

    static List<Finding> findings(int count, Severity severity) {
        return IntStream.range(0, count)
                .mapToObj(i -> finding("subject " + i, 1, severity))
                .collect(Collectors.toCollection(ArrayList::new));
    }

    static Finding finding(String subject, long revision, Severity severity) {
        return SampleFinding.of(FindingId.of("test", subject))
                .revision(revision)
                .detection("test")
                .severity(severity)
                .title("Title of " + subject)
                .description("Because.")
                .subject(subject)
                .account("111122223333")
                .region("eu-central-1")
                .at(Instant.EPOCH)
                .events(List.of("e1"))
                .build();
    }

    private static final class Recording implements Channel {
        private final List<Notice> sent = new ArrayList<>();
        private Function<Notice, Outcome> answer = notice -> new Delivered();

        @Override
        public String name() {
            return "recording";
        }

        @Override
        public List<Outcome> send(List<Notice> notices) {
            sent.addAll(notices);
            return notices.stream().map(answer).toList();
        }

        @Override
        public void close() {}
    }

    private static final class Moving extends Clock {
        private Instant now = Instant.parse("2026-03-01T10:00:00Z");

        @Override
        public Instant instant() {
            return now;
        }

        @Override
        public ZoneId getZone() {
            return ZoneOffset.UTC;
        }

        @Override
        public Clock withZone(ZoneId zone) {
            return this;
        }
    }
}
