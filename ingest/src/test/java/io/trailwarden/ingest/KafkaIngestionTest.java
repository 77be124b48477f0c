package io.trailwarden.ingest;

import static org.assertj.core.api.Assertions.assertThat;

import io.trailwarden.embedded.EmbeddedKafka;
import io.trailwarden.event.Origin;
import io.trailwarden.event.Receipt;
import io.trailwarden.event.codec.OriginCodec;
import io.trailwarden.event.codec.RecordCodec;
import io.trailwarden.event.topic.AuditHeaders;
import io.trailwarden.event.topic.Topic;
import io.trailwarden.event.topic.Topics;
import io.trailwarden.ingest.Ingestion.Schedule;
import io.trailwarden.ingest.file.FileConfig;
import io.trailwarden.ingest.file.FileIngester;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** From files through a real broker: what is sent, where it lands, and when positions move. */
class KafkaIngestionTest {

    private static final Schedule QUICK = new Schedule(false, Duration.ofMillis(50), Duration.ofMillis(50));

    @TempDir
    Path folder;

    private EmbeddedKafka kafka;
    private Map<String, String> connection;
    private Path input;

    @BeforeEach
    void start() throws Exception {
        kafka = EmbeddedKafka.start(folder.resolve("kafka"));
        connection = Map.of("bootstrap.servers", kafka.bootstrapServers());
        for (Topic<?> topic : Topics.ALL) {
            kafka.createTopic(topic.name(), 3, topic.compacted());
        }
        input = Files.createDirectories(folder.resolve("input"));
    }

    @AfterEach
    void stop() {
        kafka.close();
    }

    @Test
    void positions_move_only_behind_the_stored_group() throws Exception {
        Files.writeString(input.resolve("a.json"), "[" + record("e1") + "," + record("e2") + "]");
        Files.writeString(input.resolve("b.json"), record("e1") + "\n" + record("e3") + "\nnot json\n");
        try (EventPublisher publisher = KafkaEventPublisher.open(connection);
                KafkaStoredOffsets stored = KafkaStoredOffsets.open(connection);
                Positions positions = Positions.open(folder.resolve("positions.db"));
                Ingester ingester =
                        new FileIngester(FileConfig.once(List.of(input)), publisher, positions, Clock.systemUTC());
                Ingestion ingestion = Ingestion.start(List.of(ingester), positions, stored, QUICK)) {
            ingestion.awaitRead();

            Map<TopicPartition, Long> ends = new HashMap<>();
            List<ConsumerRecord<byte[], byte[]>> messages = consume(7, ends);
            assertThat(messages)
                    .filteredOn(message -> message.topic().equals("audit.cloudtrail"))
                    .extracting(message -> new String(message.key(), StandardCharsets.UTF_8))
                    .filteredOn(key -> key.contains("|"))
                    .containsExactlyInAnyOrder("e1|1", "e2|1", "e1|1", "e3|1");
            assertThat(messages)
                    .filteredOn(message -> new String(message.key(), StandardCharsets.UTF_8).equals("e1|1"))
                    .extracting(ConsumerRecord::partition)
                    .hasSize(2)
                    .containsOnly(partitionOf(messages, "e1|1"));
            assertThat(messages)
                    .filteredOn(message -> message.topic().equals("audit.receipts"))
                    .extracting(message -> RecordCodec.RECEIPT.decode(message.value()))
                    .extracting(Receipt::object, Receipt::records)
                    .containsExactlyInAnyOrder(
                            org.assertj.core.groups.Tuple.tuple("a.json", 2L),
                            org.assertj.core.groups.Tuple.tuple("b.json", 3L));
            ConsumerRecord<byte[], byte[]> rejected = messages.stream()
                    .filter(message -> message.headers().lastHeader(AuditHeaders.REJECTED) != null)
                    .findFirst()
                    .orElseThrow();
            Origin origin = new OriginCodec()
                    .origin(
                            rejected.headers().lastHeader(AuditHeaders.OBJECT).value(),
                            rejected.headers().lastHeader(AuditHeaders.OFFSET).value());
            assertThat(origin.object()).isEqualTo("b.json");
            assertThat(origin.offset()).isEqualTo(2);
            assertThat(new String(rejected.value(), StandardCharsets.UTF_8)).isEqualTo("not json");

            assertThat(ingestion.awaitStored(Duration.ofMillis(300))).isFalse();
            assertThat(ingestion.waiting()).isEqualTo(2);
            commit(ends);
            assertThat(ingestion.awaitStored(Duration.ofSeconds(30))).isTrue();
            assertThat(positions.stored(
                            "file", input.toRealPath().resolve("a.json").toString()))
                    .isNotNull();
        }
        try (EventPublisher publisher = KafkaEventPublisher.open(connection);
                Positions positions = Positions.open(folder.resolve("positions.db"));
                Ingester ingester =
                        new FileIngester(FileConfig.once(List.of(input)), publisher, positions, Clock.systemUTC())) {
            ingester.pass();

            assertThat(ingester.progress().skipped()).isEqualTo(2);
            assertThat(ingester.progress().records()).isZero();
        }
    }

    @Test
    void offsets_committed_for_a_log_that_is_gone_prove_nothing() throws Exception {
        Files.writeString(input.resolve("a.json"), record("e1"));
        Map<TopicPartition, Long> stale = new HashMap<>();
        for (int partition = 0; partition < 3; partition++) {
            stale.put(new TopicPartition("audit.cloudtrail", partition), 1_000L);
            stale.put(new TopicPartition("audit.receipts", partition), 1_000L);
        }
        commit(stale);
        try (EventPublisher publisher = KafkaEventPublisher.open(connection);
                KafkaStoredOffsets stored = KafkaStoredOffsets.open(connection);
                Positions positions = Positions.open(folder.resolve("positions.db"));
                Ingester ingester =
                        new FileIngester(FileConfig.once(List.of(input)), publisher, positions, Clock.systemUTC())) {
            ingester.pass();

            assertThat(positions.confirm(stored.committed())).isZero();
            assertThat(positions.waiting()).isEqualTo(1);
        }
    }

    @Test
    void a_record_just_below_the_limit_travels() throws Exception {
        String filler = "x".repeat(2 * 1024 * 1024 - 400);
        Files.writeString(input.resolve("large.json"), record("large").replace("GetUser", filler));
        try (EventPublisher publisher = KafkaEventPublisher.open(connection);
                Positions positions = Positions.open(folder.resolve("positions.db"));
                Ingester ingester =
                        new FileIngester(FileConfig.once(List.of(input)), publisher, positions, Clock.systemUTC())) {
            ingester.pass();

            assertThat(ingester.progress().rejected()).isZero();
            assertThat(consume(2, new HashMap<>()))
                    .anySatisfy(message -> assertThat(message.value().length).isGreaterThan(2_000_000));
        }
    }

    private static String record(String id) {
        return "{\"eventVersion\":\"1.10\",\"eventTime\":\"2026-03-02T09:00:00Z\",\"eventSource\":\"iam.amazonaws.com\","
                + "\"eventName\":\"GetUser\",\"eventID\":\"" + id + "\",\"recipientAccountId\":\"1\"}";
    }

    private static int partitionOf(List<ConsumerRecord<byte[], byte[]>> messages, String key) {
        return messages.stream()
                .filter(message -> new String(message.key(), StandardCharsets.UTF_8).equals(key))
                .findFirst()
                .orElseThrow()
                .partition();
    }

    private List<ConsumerRecord<byte[], byte[]>> consume(int expected, Map<TopicPartition, Long> ends) {
        Map<String, Object> properties = new HashMap<>(connection);
        properties.put("auto.offset.reset", "earliest");
        List<ConsumerRecord<byte[], byte[]>> messages = new ArrayList<>();
        try (KafkaConsumer<byte[], byte[]> consumer =
                new KafkaConsumer<>(properties, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
            List<TopicPartition> partitions = new ArrayList<>();
            for (int partition = 0; partition < 3; partition++) {
                partitions.add(new TopicPartition("audit.cloudtrail", partition));
                partitions.add(new TopicPartition("audit.receipts", partition));
            }
            consumer.assign(partitions);
            long deadline = System.nanoTime() + Duration.ofSeconds(30).toNanos();
            while (messages.size() < expected && System.nanoTime() < deadline) {
                consumer.poll(Duration.ofMillis(200)).forEach(messages::add);
            }
            ends.putAll(consumer.endOffsets(partitions));
        }
        assertThat(messages).hasSize(expected);
        return messages;
    }

    private void commit(Map<TopicPartition, Long> offsets) throws Exception {
        Map<TopicPartition, OffsetAndMetadata> commits = new HashMap<>();
        offsets.forEach((partition, offset) -> commits.put(partition, new OffsetAndMetadata(offset)));
        try (Admin admin = Admin.create(Map.<String, Object>copyOf(connection))) {
            admin.alterConsumerGroupOffsets(Topics.STORED_GROUP, commits).all().get();
        }
    }
}
