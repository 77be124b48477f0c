package io.trailwarden.sinks;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.trailwarden.embedded.EmbeddedKafka;
import io.trailwarden.event.DeadLetter;
import io.trailwarden.event.Finding;
import io.trailwarden.event.FindingId;
import io.trailwarden.event.Severity;
import io.trailwarden.event.codec.RecordCodec;
import io.trailwarden.event.topic.Topics;
import io.trailwarden.testing.SampleFinding;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What every sink must do behind a {@link SinkRunner}, whatever fails on the way. */
@Timeout(120)
abstract class SinkContract {

    private static final Clock CLOCK = Clock.fixed(Instant.parse("2026-03-01T10:00:00Z"), ZoneOffset.UTC);

    /** Titles that try to move a cursor, close a quote, or end a line. */
    static final List<String> HOSTILE = List.of(
            "\u001b[2J\u001b]0;owned\u0007",
            "a\nb\r\nc",
            "\u202Egnp.exe",
            "=HYPERLINK(\"http://192.0.2.1\")",
            "'); DROP TABLE findings; --",
            "<script>alert(1)</script>",
            "\u009b31m",
            "\uD800 alone");

    @TempDir
    Path directory;

    private final List<DeadLetter> deadLetters = new CopyOnWriteArrayList<>();
    private EmbeddedKafka kafka;

    /** Makes the sink under test; called again for every restart, the place itself stays. */
    abstract FindingSink sink();

    /** The ids that arrived at the place. */
    abstract Set<String> arrived();

    @BeforeEach
    void startKafka() {
        kafka = EmbeddedKafka.start(directory.resolve("kafka"));
        kafka.createTopic(Topics.FINDINGS.name(), 2, false);
    }

    @AfterEach
    void stopKafka() {
        kafka.close();
    }

    @Test
    void every_finding_of_the_topic_arrives() {
        List<Finding> findings = findings(300);
        send(findings);
        try (SinkRunner runner = run(sink())) {
            await().atMost(Duration.ofSeconds(30)).until(() -> runner.status().delivered() == 300);
        }
        assertThat(arrived()).isEqualTo(ids(findings));
        assertThat(deadLetters).isEmpty();
    }

    @Test
    void a_batch_that_failed_comes_again_and_nothing_behind_it_is_skipped() {
        List<Finding> findings = findings(50);
        send(findings);
        Faulty faulty = new Faulty(sink(), 3, false);
        try (SinkRunner runner = run(faulty)) {
            await().atMost(Duration.ofSeconds(30)).until(() -> runner.status().delivered() >= 50);
            assertThat(runner.status().failedAttempts()).isZero();
            assertThat(runner.status().problem()).isNull();
        }
        assertThat(faulty.attempts).hasValueGreaterThan(3);
        assertThat(arrived()).isEqualTo(ids(findings));
    }

    @Test
    void while_the_place_is_down_the_status_says_why() {
        send(findings(1));
        try (SinkRunner runner = run(new Faulty(sink(), Integer.MAX_VALUE, false))) {
            await().atMost(Duration.ofSeconds(30)).until(() -> runner.status().failedAttempts() >= 2);
            assertThat(runner.status().problem()).isEqualTo("planted outage");
            assertThat(runner.status().delivered()).isZero();
        }
        assertThat(arrived()).isEmpty();
    }

    @Test
    void what_was_not_confirmed_before_a_crash_is_delivered_again() {
        List<Finding> findings = findings(20);
        send(findings);
        // Takes the batch, then dies before the runner can commit, like a process killed in between.
        try (SinkRunner runner = run(new Faulty(sink(), Integer.MAX_VALUE, true))) {
            await().atMost(Duration.ofSeconds(30)).until(() -> runner.status().failedAttempts() >= 1);
        }
        try (SinkRunner runner = run(sink())) {
            await().atMost(Duration.ofSeconds(30)).until(() -> runner.status().delivered() == 20);
        }
        assertThat(arrived()).isEqualTo(ids(findings));
    }

    @Test
    void a_restarted_sink_goes_on_where_it_stopped() {
        send(findings(10));
        try (SinkRunner runner = run(sink())) {
            await().atMost(Duration.ofSeconds(30)).until(() -> runner.status().delivered() == 10);
        }
        Finding eleventh = finding("eleventh", 1, "title");
        send(List.of(eleventh));
        try (SinkRunner runner = run(sink())) {
            await().atMost(Duration.ofSeconds(30)).until(() -> runner.status().delivered() >= 1);
            assertThat(runner.status().delivered()).isEqualTo(1);
        }
        assertThat(arrived()).contains(eleventh.id()).hasSize(11);
    }

    @Test
    void a_record_that_is_no_finding_goes_to_the_dead_letters_and_the_others_arrive() {
        Finding before = finding("before", 1, "title");
        Finding behind = finding("behind", 1, "title");
        send(List.of(before));
        sendBytes("{\"id\":\"cut off in the mid".getBytes(UTF_8));
        sendBytes(null);
        send(List.of(behind));
        try (SinkRunner runner = run(sink())) {
            await().atMost(Duration.ofSeconds(30))
                    .until(() ->
                            runner.status().delivered() == 2 && runner.status().unreadable() == 2);
        }
        assertThat(arrived()).containsExactlyInAnyOrder(before.id(), behind.id());
        assertThat(deadLetters).hasSize(2).allSatisfy(letter -> {
            assertThat(letter.reason()).isEqualTo(DeadLetter.Reason.MALFORMED);
            assertThat(letter.origin().source()).isEqualTo("sink:" + sink().name());
            assertThat(letter.origin().ingestedAt()).isEqualTo(CLOCK.instant());
        });
        assertThat(deadLetters)
                .extracting(letter -> new String(letter.payload(), UTF_8))
                .containsExactlyInAnyOrder("{\"id\":\"cut off in the mid", "");
    }

    @Test
    void an_unreadable_last_record_does_not_come_again() {
        sendBytes(new byte[] {1, 2, 3});
        try (SinkRunner runner = run(sink())) {
            await().atMost(Duration.ofSeconds(30)).until(() -> runner.status().unreadable() == 1);
        }
        Finding next = finding("next", 1, "title");
        send(List.of(next));
        try (SinkRunner runner = run(sink())) {
            await().atMost(Duration.ofSeconds(30)).until(() -> runner.status().delivered() == 1);
            assertThat(runner.status().unreadable()).isZero();
        }
    }

    @Test
    void hostile_texts_arrive_and_harm_nothing() {
        List<Finding> findings = IntStream.range(0, HOSTILE.size())
                .mapToObj(i -> finding("hostile " + i, 1, HOSTILE.get(i)))
                .toList();
        send(findings);
        try (SinkRunner runner = run(sink())) {
            await().atMost(Duration.ofSeconds(30)).until(() -> runner.status().delivered() == HOSTILE.size());
        }
        assertThat(arrived()).isEqualTo(ids(findings));
    }

    SinkRunner run(FindingSink sink) {
        return SinkRunner.start(sink, deadLetters::add, Map.of("bootstrap.servers", kafka.bootstrapServers()), CLOCK);
    }

    void send(List<Finding> findings) {
        findings.forEach(finding -> sendBytes(RecordCodec.FINDING.encode(finding)));
    }

    private void sendBytes(byte[] value) {
        try (var producer = new KafkaProducer<>(
                Map.of("bootstrap.servers", kafka.bootstrapServers(), "linger.ms", 0),
                new ByteArraySerializer(),
                new ByteArraySerializer())) {
            producer.send(new ProducerRecord<>(Topics.FINDINGS.name(), value)).get();
        } catch (InterruptedException | ExecutionException e) {
            throw new IllegalStateException(e);
        }
    }

    static List<Finding> findings(int count) {
        List<Finding> findings = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            findings.add(finding("subject " + i, 1, "Title " + i));
        }
        return findings;
    }

    static Finding finding(String subject, long revision, String title) {
        return SampleFinding.of(FindingId.of("contract", subject))
                .revision(revision)
                .detection("contract")
                .severity(Severity.HIGH)
                .title(title)
                .description("Because the contract says so.")
                .subject(subject)
                .account("111122223333")
                .region("eu-central-1")
                .principal("arn:aws:iam::111122223333:role/Deploy")
                .between(Instant.parse("2026-03-01T09:00:00Z"), Instant.parse("2026-03-01T09:05:00Z"))
                .detectedAt(Instant.parse("2026-03-01T09:06:00Z"))
                .events(List.of("e1", "e2"))
                .techniques(List.of("T1078"))
                .facts(Map.of("seen", title))
                .nextSteps(List.of("Ask the owner."))
                .build();
    }

    static Set<String> ids(List<Finding> findings) {
        return findings.stream().map(Finding::id).collect(Collectors.toSet());
    }

    /** Fails so many times, before or after the real sink took the batch. */
    private static final class Faulty implements FindingSink {
        private final FindingSink real;
        private final int failures;
        private final boolean afterDelivery;
        private final AtomicInteger attempts = new AtomicInteger();

        Faulty(FindingSink real, int failures, boolean afterDelivery) {
            this.real = real;
            this.failures = failures;
            this.afterDelivery = afterDelivery;
        }

        @Override
        public String name() {
            return real.name();
        }

        @Override
        public Batching batching() {
            return real.batching();
        }

        @Override
        public List<Refused> deliver(List<Finding> batch) throws SinkUnavailableException {
            if (afterDelivery) {
                real.deliver(batch);
            }
            if (attempts.incrementAndGet() <= failures) {
                throw new SinkUnavailableException("planted outage", new IllegalStateException());
            }
            return real.deliver(batch);
        }

        @Override
        public void close() {
            real.close();
        }
    }
}
