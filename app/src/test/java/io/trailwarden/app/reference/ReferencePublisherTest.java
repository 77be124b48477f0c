package io.trailwarden.app.reference;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.trailwarden.embedded.EmbeddedKafka;
import io.trailwarden.event.Claim;
import io.trailwarden.event.ReferenceEntry;
import io.trailwarden.event.Severity;
import io.trailwarden.event.codec.RecordCodec;
import io.trailwarden.event.topic.Topics;
import io.trailwarden.settings.BadConfigException;
import io.trailwarden.settings.ConfigProblem;
import io.trailwarden.testing.SampleFinding;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What people write, on its way to a real broker. */
class ReferencePublisherTest {

    @TempDir
    Path directory;

    private EmbeddedKafka kafka;
    private Map<String, String> connection;
    private final Written written = new Written();

    @BeforeEach
    void start() {
        kafka = EmbeddedKafka.start(directory.resolve("kafka"));
        kafka.createTopic(Topics.REFERENCE.name(), 1, true);
        connection = Map.of("bootstrap.servers", kafka.bootstrapServers());
    }

    @AfterEach
    void stop() {
        kafka.close();
    }

    @Test
    void what_is_written_is_published_and_later_only_what_changed() {
        written.put("111122223333", "{\"name\":\"a\"}").put("222233334444", "{\"name\":\"b\"}");
        try (ReferencePublisher publisher = publisher()) {
            assertThat(topic()).hasSize(2);

            publisher.look();
            written.put("222233334444", "{\"name\":\"c\"}");
            publisher.look();
            publisher.look();

            assertThat(topic()).hasSize(3);
            assertThat(held()).containsEntry("222233334444", "{\"name\":\"c\"}").hasSize(2);
        }
    }

    @Test
    void it_says_which_entries_are_written_so_that_inventories_leave_them_alone() {
        written.put("111122223333", "{}").put("222233334444", "{}");
        try (ReferencePublisher publisher = publisher()) {
            assertThat(publisher.holds("ACCOUNT|111122223333")).isTrue();
            assertThat(publisher.holds("ACCOUNT|999988887777")).isFalse();

            written.entries.remove("111122223333");
            publisher.look();
            assertThat(publisher.holds("ACCOUNT|111122223333")).isFalse();
        }
    }

    @Test
    void it_says_what_is_suppressed_to_those_who_make_findings_outside_of_the_job() {
        written.suppression =
                "{\"reason\":\"A drill\",\"until\":\"2100-01-01T00:00:00Z\",\"when\":{\"detections\":[\"custody-*\"]}}";
        try (ReferencePublisher publisher = publisher()) {
            assertThat(publisher.suppression(finding("custody-gap")))
                    .isEqualTo("drill: A drill (until 2100-01-01T00:00:00Z)");
            assertThat(publisher.suppression(finding("unexpected-principal"))).isNull();

            written.suppression = "";
            publisher.look();
            assertThat(publisher.suppression(finding("custody-gap"))).isNull();
        }
    }

    private static Claim finding(String detection) {
        Instant time = Instant.parse("2026-03-02T09:00:00Z");
        return SampleFinding.of("0".repeat(32))
                .detection(detection)
                .severity(Severity.HIGH)
                .title("")
                .description("")
                .author("")
                .subject("")
                .at(time)
                .events(List.of())
                .claim();
    }

    @Test
    void what_is_no_longer_written_is_removed_also_when_it_went_while_nothing_ran() {
        written.put("111122223333", "{}").put("222233334444", "{}");
        try (ReferencePublisher publisher = publisher()) {
            written.entries.remove("222233334444");
            publisher.look();
            assertThat(held()).containsOnlyKeys("111122223333");
        }
        written.entries.clear();
        publisher().close();
        assertThat(held()).isEmpty();
    }

    @Test
    void what_is_wrong_stops_a_start_and_not_a_run() {
        written.put("111122223333", "{}");
        try (ReferencePublisher publisher = publisher()) {
            written.put("222233334444", "{}").problem = "accounts.yaml:3:1: not a section";
            publisher.look();
            assertThat(held()).containsOnlyKeys("111122223333");

            written.problem = "";
            publisher.look();
            assertThat(held()).containsOnlyKeys("111122223333", "222233334444");
        }
        written.problem = "accounts.yaml:3:1: not a section";
        assertThatThrownBy(this::publisher)
                .isInstanceOf(BadConfigException.class)
                .hasMessageContaining("accounts.yaml:3:1");
    }

    private ReferencePublisher publisher() {
        return ReferencePublisher.start(
                List.of(written), directory.resolve("published"), connection, Clock.systemUTC());
    }

    /** Every record of the topic; a removal has an empty body. */
    private List<Map.Entry<String, String>> topic() {
        Map<String, Object> config = new HashMap<>(connection);
        config.put("enable.auto.commit", false);
        List<Map.Entry<String, String>> records = new ArrayList<>();
        try (KafkaConsumer<byte[], byte[]> consumer =
                new KafkaConsumer<>(config, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
            TopicPartition partition = new TopicPartition(Topics.REFERENCE.name(), 0);
            consumer.assign(List.of(partition));
            consumer.seekToBeginning(List.of(partition));
            long end = consumer.endOffsets(List.of(partition)).get(partition);
            while (consumer.position(partition) < end) {
                consumer.poll(Duration.ofMillis(200)).forEach(record -> {
                    String key = new String(record.key(), StandardCharsets.UTF_8);
                    String body = record.value() == null
                            ? ""
                            : String.valueOf(
                                    RecordCodec.REFERENCE.decode(record.value()).body());
                    records.add(Map.entry(key.substring(key.indexOf('|') + 1), body));
                });
            }
        }
        return records;
    }

    private Map<String, String> held() {
        Map<String, String> held = new TreeMap<>();
        topic().forEach(record -> held.put(record.getKey(), record.getValue()));
        held.values().removeIf(String::isEmpty);
        return held;
    }

    /** A place where accounts are written down, in memory. */
    private static final class Written implements ReferenceSource {

        private final Map<String, String> entries = new TreeMap<>();
        private String problem = "";
        private String suppression = "";

        Written put(String account, String body) {
            entries.put(account, body);
            return this;
        }

        @Override
        public List<ReferenceEntry> read(List<ConfigProblem> problems) {
            if (!problem.isEmpty()) {
                problems.add(new ConfigProblem("accounts.yaml:3:1", problem));
            }
            List<ReferenceEntry> all = new ArrayList<>();
            entries.forEach((account, body) ->
                    all.add(new ReferenceEntry(ReferenceEntry.Kind.ACCOUNT, account, body, Instant.EPOCH)));
            if (!suppression.isEmpty()) {
                all.add(new ReferenceEntry(ReferenceEntry.Kind.SUPPRESSION, "drill", suppression, Instant.EPOCH));
            }
            return all;
        }

        @Override
        public String fingerprint() {
            return entries + problem + suppression;
        }
    }
}
