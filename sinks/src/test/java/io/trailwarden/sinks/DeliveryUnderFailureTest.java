package io.trailwarden.sinks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.trailwarden.embedded.EmbeddedKafka;
import io.trailwarden.event.DeadLetter;
import io.trailwarden.event.Finding;
import io.trailwarden.event.codec.RecordCodec;
import io.trailwarden.event.topic.Topics;
import io.trailwarden.sinks.aws.AwsTarget;
import io.trailwarden.sinks.notice.Channel;
import io.trailwarden.sinks.notice.NoticePolicy;
import io.trailwarden.sinks.notice.NoticeSink;
import io.trailwarden.sinks.sns.SnsChannel;
import io.trailwarden.sinks.webhook.Template;
import io.trailwarden.sinks.webhook.WebhookChannel;
import io.trailwarden.sinks.webhook.WebhookConfig;
import io.trailwarden.testing.aws.FakeEndpoints;
import io.trailwarden.testing.aws.FakeEndpoints.Planted;
import io.trailwarden.testing.aws.SimulatedClock;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * An outage of an hour, throttling, partial failure and a poisonous finding, over the real protocols: the set received is
 * the set of findings, hardly anything comes twice, and who is not concerned is not held up. The hour is one of a
 * simulated clock: the runner's pauses move it.
 *
 * <p>{@code -Ddelivery.findings=20000} for more than a build needs.
 */
@Timeout(300)
class DeliveryUnderFailureTest {

    private static final int FINDINGS = Integer.getInteger("delivery.findings", 2_000);
    private static final double MOST_REPEATS = 0.001;
    private static final Instant NOON = Instant.parse("2026-03-02T12:00:00Z");
    private static final Duration OUTAGE = Duration.ofHours(1);

    @TempDir
    Path directory;

    private final FakeEndpoints endpoints = new FakeEndpoints();
    private final SimulatedClock clock = new SimulatedClock(NOON);
    private final List<DeadLetter> deadLetters = new CopyOnWriteArrayList<>();
    private EmbeddedKafka kafka;

    @BeforeEach
    void startKafka() {
        kafka = EmbeddedKafka.start(directory.resolve("kafka"));
        kafka.createTopic(Topics.FINDINGS.name(), 2, false);
    }

    @AfterEach
    void stop() {
        kafka.close();
        endpoints.close();
    }

    @Test
    void sns_receives_the_set_of_findings() throws Exception {
        received(
                "SNS",
                () -> new SnsChannel(
                        "arn:aws:sns:eu-central-1:111122223333:findings",
                        new AwsTarget("eu-central-1", "", "", "", endpoints.url()),
                        ""),
                () -> endpoints.messages.stream()
                        .map(FakeEndpoints.Message::body)
                        .toList());
    }

    @Test
    void a_web_hook_receives_the_set_of_findings() throws Exception {
        WebhookConfig config = new WebhookConfig(URI.create(endpoints.url() + "/hook"), "s", Template.JSON, "", "");
        received("web hook", () -> new WebhookChannel(config, clock), () -> endpoints.calls.stream()
                .map(FakeEndpoints.Call::body)
                .toList());
    }

    private void received(String name, Supplier<Channel> channel, Supplier<List<String>> bodies) throws Exception {
        List<Finding> findings = new ArrayList<>(SinkContract.findings(FINDINGS));
        Finding poison = SinkContract.finding("poison", 1, "poison for the other side");
        findings.add(FINDINGS / 2, poison);
        endpoints.poison = body -> body.contains("poison for the other side");
        endpoints.plant(Planted.THROTTLING, 12);
        endpoints.plant(Planted.PARTIAL, 12);
        endpoints.plant(Planted.OUTAGE, 12);
        endpoints.plantedEvery = 5;
        endpoints.down = true;
        send(findings);

        List<Finding> elsewhere = new CopyOnWriteArrayList<>();
        CountDownLatch elsewhereAll = new CountDownLatch(1);
        AtomicInteger attempts = new AtomicInteger();
        AtomicInteger early = new AtomicInteger();
        SinkRunner.Pauses pauses = (closing, millis) -> {
            // However quickly a simulated hour passes, the others get everything while it lasts.
            elsewhereAll.await(60, TimeUnit.SECONDS);
            clock.advance(Duration.ofMillis(millis));
            if (endpoints.down) {
                attempts.incrementAndGet();
                early.set(bodies.get().size());
                endpoints.down = clock.instant().isBefore(NOON.plus(OUTAGE));
            }
        };
        try (SinkRunner other = run(new Unconcerned(elsewhere), SinkRunner.Pauses.REAL);
                SinkRunner runner = run(new NoticeSink(channel.get(), NoticePolicy.EVERYTHING, clock), pauses)) {
            await().atMost(Duration.ofSeconds(60)).until(() -> elsewhere.size() == findings.size());
            assertThat(endpoints.down).as("still down").isTrue();
            elsewhereAll.countDown();
            await().atMost(Duration.ofSeconds(250))
                    .until(() -> runner.status().delivered() + runner.status().refused() == findings.size());
            assertThat(other.status().failedAttempts()).isZero();
        }
        // Half a minute apart at most, so that it goes on soon after; not so close together that it hinders.
        assertThat(attempts.get()).isBetween(120, 140);
        assertThat(early.get()).as("received during the outage").isZero();
        assertThat(Duration.between(NOON, clock.instant())).isGreaterThan(OUTAGE);
        List<String> ids = new ArrayList<>();
        for (String body : bodies.get()) {
            ids.add(new ObjectMapper().readTree(body).get("id").textValue());
        }
        Set<String> set = new HashSet<>(ids);
        int repeats = ids.size() - set.size();
        System.out.printf(
                Locale.ROOT,
                "%s: %,d findings; %,d received, an outage of %d minutes (%d attempts), throttling and partial failures:"
                        + " lost %d, repeated %d, dead letters %d (the poisonous one)%n",
                name,
                FINDINGS + 1,
                set.size(),
                OUTAGE.toMinutes(),
                attempts.get(),
                FINDINGS - set.size(),
                repeats,
                deadLetters.size());
        findings.remove(poison);
        assertThat(set).isEqualTo(SinkContract.ids(findings));
        assertThat(repeats).isLessThanOrEqualTo((int) Math.ceil(FINDINGS * MOST_REPEATS));
        assertThat(deadLetters).singleElement().satisfies(letter -> assertThat(
                        new String(letter.payload(), StandardCharsets.UTF_8))
                .contains(poison.id()));
    }

    private SinkRunner run(FindingSink sink, SinkRunner.Pauses pauses) {
        return SinkRunner.start(
                sink, deadLetters::add, Map.of("bootstrap.servers", kafka.bootstrapServers()), clock, pauses);
    }

    private void send(List<Finding> findings) {
        try (var producer = new KafkaProducer<>(
                Map.of("bootstrap.servers", kafka.bootstrapServers()),
                new ByteArraySerializer(),
                new ByteArraySerializer())) {
            findings.forEach(finding -> producer.send(new ProducerRecord<>(
                    Topics.FINDINGS.name(),
                    finding.id().getBytes(StandardCharsets.UTF_8),
                    RecordCodec.FINDING.encode(finding))));
        }
    }

    /** A sink that nothing is wrong with. */
    private record Unconcerned(List<Finding> taken) implements FindingSink {
        @Override
        public String name() {
            return "unconcerned";
        }

        @Override
        public Batching batching() {
            return new Batching(500, Duration.ZERO);
        }

        @Override
        public List<Refused> deliver(List<Finding> batch) {
            taken.addAll(batch);
            return List.of();
        }

        @Override
        public void close() {}
    }
}
