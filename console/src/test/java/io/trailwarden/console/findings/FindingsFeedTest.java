package io.trailwarden.console.findings;

import static io.trailwarden.console.findings.Findings.finding;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.trailwarden.embedded.EmbeddedKafka;
import io.trailwarden.event.Finding;
import io.trailwarden.event.codec.RecordCodec;
import io.trailwarden.event.topic.Topics;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** The feed over a real broker. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class FindingsFeedTest {

    private static final String TOPIC = Topics.FINDINGS.name();

    private EmbeddedKafka kafka;
    private Map<String, String> connection;
    private KafkaProducer<String, byte[]> producer;
    private FindingsStore store;

    @BeforeAll
    void startKafka(@TempDir Path folder) {
        kafka = EmbeddedKafka.start(folder.resolve("kafka"));
        connection = Map.of("bootstrap.servers", kafka.bootstrapServers());
    }

    @AfterAll
    void stopKafka() {
        kafka.close();
    }

    @BeforeEach
    void open(@TempDir Path folder) throws IOException {
        // A producer remembers how many partitions a topic had.
        producer = new KafkaProducer<>(
                Map.of(
                        ProducerConfig.BOOTSTRAP_SERVERS_CONFIG,
                        kafka.bootstrapServers(),
                        ProducerConfig.MAX_BLOCK_MS_CONFIG,
                        "30000"),
                new StringSerializer(),
                new ByteArraySerializer());
        store = FindingsStore.open(folder.resolve("findings.sqlite"), Clock.systemUTC());
    }

    @AfterEach
    void close() throws Exception {
        producer.close();
        store.close();
        deleteTopic();
    }

    private void deleteTopic() throws Exception {
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", kafka.bootstrapServers()))) {
            if (admin.listTopics().names().get().contains(TOPIC)) {
                admin.deleteTopics(List.of(TOPIC)).all().get();
                await().until(() -> !admin.listTopics().names().get().contains(TOPIC));
            }
        }
    }

    private void send(Finding... findings) {
        for (Finding finding : findings) {
            send(finding.id(), RecordCodec.FINDING.encode(finding));
        }
    }

    private void send(String key, byte[] value) {
        try {
            producer.send(new ProducerRecord<>(TOPIC, key, value)).get();
        } catch (InterruptedException | ExecutionException e) {
            throw new IllegalStateException(e);
        }
    }

    private FindingsFeed feed() {
        return new FindingsFeed(connection, store, Clock.systemUTC());
    }

    private void whileReading(Runnable run) {
        FindingsFeed feed = feed();
        try {
            run.run();
        } finally {
            feed.close();
        }
    }

    private void holds(int count) {
        await().atMost(Duration.ofSeconds(30)).until(() -> store.size() == count);
    }

    @Test
    void waits_for_the_topic_and_then_reads_it() {
        try (FindingsFeed feed = feed()) {
            await().until(() -> "waiting for topic findings".equals(feed.state().problem()));
            kafka.createTopic(TOPIC, 3, false);
            send(finding("a", 1), finding("b", 1), finding("a", 2));

            holds(2);
            await().until(() -> feed.state().reading() && feed.state().behind() == 0);
            await().until(() -> store.find("a").row().revision() == 2);
        }
    }

    @Test
    void goes_on_where_the_store_ends() {
        kafka.createTopic(TOPIC, 2, false);
        List<Change> heard = new ArrayList<>();
        whileReading(() -> {
            send(finding("a", 1), finding("b", 1));
            holds(2);
        });
        store.listen(heard::addAll);
        send(finding("c", 1));
        try (FindingsFeed second = feed()) {
            holds(3);
            assertThat(second.state().stored()).isLessThanOrEqualTo(1);
        }
        assertThat(heard).extracting(change -> change.row().id()).containsExactly("c");
    }

    @Test
    void a_topic_made_anew_is_read_from_its_beginning() throws Exception {
        kafka.createTopic(TOPIC, 1, false);
        whileReading(() -> {
            send(finding("a", 1), finding("b", 1), finding("c", 1));
            holds(3);
        });
        deleteTopic();
        kafka.createTopic(TOPIC, 1, false);
        // As many as before: by offsets alone they would look read.
        send(finding("d", 1), finding("e", 1), finding("a", 2));
        whileReading(() -> holds(5));
    }

    @Test
    void what_is_not_a_finding_is_kept_apart_and_stops_nothing() {
        kafka.createTopic(TOPIC, 1, false);
        send("x", "{\"id\":\"x\"}".getBytes(StandardCharsets.UTF_8));
        send("y", "<script>".getBytes(StandardCharsets.UTF_8));
        send("z", null);
        send(finding("a", 1));
        whileReading(() -> holds(1));
        assertThat(store.unreadable()).isEqualTo(3);
    }

    @Test
    void says_when_kafka_does_not_answer() {
        Map<String, String> nowhere = Map.of(
                "bootstrap.servers", "127.0.0.1:1", "request.timeout.ms", "500", "default.api.timeout.ms", "1000");
        try (FindingsFeed feed = new FindingsFeed(nowhere, store, Clock.systemUTC())) {
            await().until(() -> String.valueOf(feed.state().problem()).startsWith("cannot describe topic findings"));
            assertThat(feed.state().reading()).isFalse();
        }
    }
}
