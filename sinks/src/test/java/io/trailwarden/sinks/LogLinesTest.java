package io.trailwarden.sinks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.trailwarden.embedded.EmbeddedKafka;
import io.trailwarden.event.DeadLetter;
import io.trailwarden.event.Finding;
import io.trailwarden.event.codec.EventKeys;
import io.trailwarden.event.codec.RecordCodec;
import io.trailwarden.event.topic.Topics;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

/** Lines about a finding can be searched for by its id, and say nothing that a stranger made them say. */
@Timeout(120)
class LogLinesTest {

    @TempDir
    Path directory;

    private final Logger logger = (Logger) LoggerFactory.getLogger(SinkRunner.class);
    private final ListAppender<ILoggingEvent> lines = new ListAppender<>();
    private final List<DeadLetter> deadLetters = new CopyOnWriteArrayList<>();
    private Level before;
    private EmbeddedKafka kafka;

    /** Is down at first, then refuses one finding. */
    private static final class Picky implements FindingSink {
        private boolean up;

        @Override
        public String name() {
            return "picky";
        }

        @Override
        public Batching batching() {
            return new Batching(10, Duration.ofMillis(200));
        }

        @Override
        public List<Refused> deliver(List<Finding> batch) throws SinkUnavailableException {
            if (!up) {
                up = true;
                throw new SinkUnavailableException("planted outage", new IllegalStateException());
            }
            return batch.stream()
                    .filter(finding -> finding.words().title().equals("refused"))
                    .map(finding -> new Refused(finding, "too \u001b[2J large\nERROR finding=forged"))
                    .toList();
        }

        @Override
        public void close() {}
    }

    @BeforeEach
    void start() {
        kafka = EmbeddedKafka.start(directory.resolve("kafka"));
        kafka.createTopic(Topics.FINDINGS.name(), 1, false);
        before = logger.getLevel();
        logger.setLevel(Level.DEBUG);
        lines.start();
        logger.addAppender(lines);
    }

    @AfterEach
    void stop() {
        logger.detachAppender(lines);
        logger.setLevel(before);
        kafka.close();
    }

    @Test
    void outage_refusal_delivery_and_an_unreadable_record_are_told_with_their_ids() throws Exception {
        Finding first = SinkContract.finding("first", 1, "delivered");
        Finding second = SinkContract.finding("second", 1, "refused");
        send(RecordCodec.FINDING.encode(first));
        send(RecordCodec.FINDING.encode(second));
        send("no finding".getBytes(StandardCharsets.UTF_8));
        Map<String, Object> connection = Map.of("bootstrap.servers", kafka.bootstrapServers());
        try (SinkRunner runner = SinkRunner.start(new Picky(), deadLetters::add, connection, Clock.systemUTC())) {
            await().atMost(Duration.ofSeconds(60))
                    .until(() -> runner.status().delivered() == 1
                            && runner.status().refused() == 1
                            && runner.status().unreadable() == 1);
        }

        List<String> told = List.copyOf(lines.list).stream()
                .map(ILoggingEvent::getFormattedMessage)
                .toList();
        DeadLetter unreadable = deadLetters.stream()
                .filter(letter -> letter.reason() == DeadLetter.Reason.MALFORMED)
                .findFirst()
                .orElseThrow();
        assertThat(told)
                .anyMatch(line ->
                        line.startsWith("Sink picky cannot deliver") && line.contains(" finding=" + first.id() + ","))
                .anyMatch(line -> line.equals("Sink picky refused finding=" + second.id()
                        + ", now a dead letter: too \\u001b[2J large\\nERROR finding=forged"))
                .anyMatch(line -> line.startsWith("Sink picky is done with finding=" + first.id()))
                .anyMatch(line -> line.startsWith("Sink picky put event=" + EventKeys.of(unreadable) + " aside: "));
        assertThat(told).allMatch(line -> line.chars().noneMatch(Character::isISOControl));
    }

    /** Its threads have ended, as Iceberg's do at a signal before the sink is closed. */
    private static final class Ending implements FindingSink {
        private final ExecutorService threads = Executors.newSingleThreadExecutor();
        private final CountDownLatch closed = new CountDownLatch(1);

        @Override
        public String name() {
            return "ending";
        }

        @Override
        public Batching batching() {
            return new Batching(10, Duration.ofMillis(200));
        }

        @Override
        public List<Refused> deliver(List<Finding> batch) {
            threads.shutdown();
            threads.execute(() -> {});
            return List.of();
        }

        @Override
        public void close() {
            closed.countDown();
        }
    }

    /** Has a bug that no sink should have. */
    private static final class Dying implements FindingSink {
        @Override
        public String name() {
            return "dying";
        }

        @Override
        public Batching batching() {
            return new Batching(10, Duration.ofMillis(200));
        }

        @Override
        public List<Refused> deliver(List<Finding> batch) {
            throw new OutOfMemoryError("planted");
        }

        @Override
        public void close() {}
    }

    @Test
    void a_sink_that_dies_of_an_error_says_so_to_whoever_asks() throws Exception {
        send(RecordCodec.FINDING.encode(SinkContract.finding("first", 1, "delivered")));
        Map<String, Object> connection = Map.of("bootstrap.servers", kafka.bootstrapServers());
        try (SinkRunner runner = SinkRunner.start(new Dying(), deadLetters::add, connection, Clock.systemUTC())) {
            assertThat(runner.ended()).isNull();
            await().untilAsserted(() -> assertThat(runner.ended()).hasMessage("planted"));
            assertThat(runner.status().problem()).contains("stopped");
        }
    }

    @Test
    void the_end_of_the_process_is_one_line_and_what_was_not_delivered_comes_again() throws Exception {
        send(RecordCodec.FINDING.encode(SinkContract.finding("first", 1, "delivered")));
        Map<String, Object> connection = Map.of("bootstrap.servers", kafka.bootstrapServers());
        Ending ending = new Ending();
        try (SinkRunner runner = SinkRunner.start(ending, deadLetters::add, connection, Clock.systemUTC())) {
            assertThat(ending.closed.await(60, TimeUnit.SECONDS)).isTrue();
            assertThat(runner.status().delivered()).isZero();
            assertThat(runner.ended()).isNotNull();
        }

        assertThat(List.copyOf(lines.list).stream()
                        .filter(line -> line.getLevel().isGreaterOrEqual(Level.WARN)))
                .singleElement()
                .satisfies(line -> {
                    assertThat(line.getFormattedMessage())
                            .isEqualTo("Sink ending was interrupted; what it had not delivered comes again");
                    assertThat(line.getThrowableProxy()).isNull();
                });
        try (KafkaConsumer<byte[], byte[]> next = new KafkaConsumer<>(
                Map.of("bootstrap.servers", kafka.bootstrapServers(), "group.id", SinkRunner.group("ending")),
                new ByteArrayDeserializer(),
                new ByteArrayDeserializer())) {
            TopicPartition findings = new TopicPartition(Topics.FINDINGS.name(), 0);
            assertThat(next.committed(Set.of(findings)).get(findings)).isNull();
        }
    }

    private void send(byte[] value) throws ExecutionException, InterruptedException {
        try (KafkaProducer<byte[], byte[]> producer = new KafkaProducer<>(
                Map.of("bootstrap.servers", kafka.bootstrapServers()),
                new ByteArraySerializer(),
                new ByteArraySerializer())) {
            producer.send(new ProducerRecord<>(Topics.FINDINGS.name(), 0, new byte[] {1}, value))
                    .get();
        }
    }
}
