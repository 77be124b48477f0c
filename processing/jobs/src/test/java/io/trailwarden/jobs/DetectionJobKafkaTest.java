package io.trailwarden.jobs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.trailwarden.embedded.EmbeddedFlink;
import io.trailwarden.embedded.EmbeddedKafka;
import io.trailwarden.embedded.FlinkJob;
import io.trailwarden.event.DeadLetter;
import io.trailwarden.event.Finding;
import io.trailwarden.event.JobStatus;
import io.trailwarden.event.Origin;
import io.trailwarden.event.Receipt;
import io.trailwarden.event.ReferenceEntry;
import io.trailwarden.event.codec.EventKeys;
import io.trailwarden.event.codec.OriginCodec;
import io.trailwarden.event.codec.RecordCodec;
import io.trailwarden.event.topic.AuditHeaders;
import io.trailwarden.event.topic.Topic;
import io.trailwarden.event.topic.Topics;
import io.trailwarden.jobs.intake.Detection;
import io.trailwarden.jobs.operator.JobSettings;
import io.trailwarden.jobs.state.CheckpointFinder;
import io.trailwarden.settings.Values;
import io.trailwarden.storage.catalog.ArchiveConfig;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The whole job between a real broker and real tables. */
class DetectionJobKafkaTest {

    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final Instant NOON = TestRecords.NOON;

    @TempDir
    Path directory;

    private EmbeddedKafka kafka;
    private EmbeddedFlink flink;
    private KafkaProducer<byte[], byte[]> producer;
    private ArchiveConfig archive;
    private JobSettings.StateBackend backend = JobSettings.StateBackend.HEAP;

    @BeforeEach
    void start() {
        archive = ArchiveConfig.local(directory.resolve("data"));
        startKafka("kafka");
        flink = EmbeddedFlink.start(directory.resolve("flink"), 2);
    }

    @AfterEach
    void stop() {
        flink.close();
        producer.close(Duration.ZERO);
        kafka.close();
    }

    @Test
    void everyRecordHasOneOutcomeAndFindingsCome() {
        // Given five pings of alice and one of bob, one of them from two trails and once delivered again
        for (int i = 1; i <= 5; i++) {
            send("e" + i, "alice", NOON.plusSeconds(i), TestRecords.origin("first", i));
        }
        send("e1", "alice", NOON.plusSeconds(1), TestRecords.origin("second", 7));
        send("e2", "alice", NOON.plusSeconds(2), TestRecords.origin("first", 2));
        send("e6", "bob", NOON, TestRecords.origin("first", 6));
        sendValue("not json", "{\"eventVersion\":", TestRecords.origin("first", 8));
        sendRejected("too large", TestRecords.origin("first", 9));
        producer.send(new ProducerRecord<>(Topics.CLOUDTRAIL.name(), new byte[] {1}, new byte[] {2}));
        Receipt receipt =
                new Receipt("test", "first", TestRecords.origin("first", 0).objectSha256(), 9, 9000, NOON);
        producer.send(new ProducerRecord<>(
                Topics.RECEIPTS.name(), bytes(EventKeys.of(receipt)), RecordCodec.RECEIPT.encode(receipt)));
        producer.send(new ProducerRecord<>(Topics.RECEIPTS.name(), bytes("odd"), bytes("not a receipt")));
        account("111111111111");
        producer.flush();

        // When
        FlinkJob job = submit();
        awaitStored();

        // Then
        assertThat(TableReader.column(archive, "cloudtrail", "event_id"))
                .containsExactly("e1", "e2", "e3", "e4", "e5", "e6");
        assertThat(TableReader.column(archive, "duplicates", "event_id")).containsExactly("e1");
        assertThat(TableReader.column(archive, "dead_letters", "reason"))
                .containsExactly("MALFORMED", "MALFORMED", "MALFORMED", "TOO_LARGE");
        assertThat(TableReader.column(archive, "receipts", "object")).containsExactly("first");
        Map<String, Finding> findings = findings();
        assertThat(findings.values().stream()
                        .map((Finding finding) -> finding.words().title()))
                .containsExactlyInAnyOrder("alice in round 1", "of alice in round 2", "of bob in round 2");
        Finding alice = titled(findings, "alice in round 1");
        assertThat(alice.evidence().eventIds()).containsExactly("e1", "e2", "e3", "e4", "e5");
        assertThat(alice.words().facts().keySet())
                .containsExactly("zeta comes first", "accounts known", "alpha comes last");
        assertThat(alice.words().facts()).containsEntry("accounts known", "1");
        assertThat(read(Topics.DEAD_LETTERS).stream()
                        .map(letter -> RecordCodec.DEAD_LETTER.decode(letter.value()))
                        .map(DeadLetter::reason)
                        .map(Enum::name)
                        .sorted())
                .containsExactly("MALFORMED", "MALFORMED", "MALFORMED", "TOO_LARGE");
        await().atMost(PATIENCE).untilAsserted(() -> assertThat(status("intake"))
                .containsEntry("received", 11L)
                .containsEntry("stored", 6L)
                .containsEntry("duplicates", 1L)
                .containsEntry("redelivered", 1L)
                .containsEntry("deadLetters", 4L)
                .containsEntry("receipts", 1L));
        job.cancel();
    }

    @Test
    void killingAndRestoringInTheMiddleLosesAndDoublesNothing() {
        // Given a job that has stored a part
        FlinkJob first = submit();
        sendPings(0, 400);
        awaitStored();
        sendPings(400, 800);
        producer.flush();

        // When it is stopped somewhere after that, and another goes on from its last checkpoint
        first.cancel();
        sendPings(800, 1000);
        sendPings(300, 500);
        FlinkJob second = submitRecovering();
        awaitStored();

        // Then
        assertThat(TableReader.column(archive, "cloudtrail", "event_id")).isEqualTo(ids(0, 1000));
        assertThat(TableReader.column(archive, "duplicates", "event_id")).isEmpty();
        assertThat(titled(findings(), "actor-3 in round 1").evidence().count()).isEqualTo(100);
        assertThat(titles(findings())).hasSize(20);
        second.cancel();
    }

    @Test
    void stateInRocksDbIsCheckpointedAndRestoredLikeTheHeaps() {
        backend = JobSettings.StateBackend.ROCKSDB;
        FlinkJob first = submit();
        sendPings(0, 25);
        awaitStored();
        first.checkpoint();
        first.cancel();
        FlinkJob second = submitRecovering();
        sendPings(20, 40);
        awaitStored();

        assertThat(TableReader.column(archive, "cloudtrail", "event_id")).isEqualTo(ids(0, 40));
        assertThat(titled(findings(), "actor-3 in round 1").evidence().count()).isEqualTo(4);
        await().atMost(PATIENCE).untilAsserted(() -> assertThat(status("detect"))
                .containsEntry("keys.repeated-calls", 10L)
                .containsEntry("learned.repeated-calls", 10L));
        second.cancel();
    }

    @Test
    void losingKafkaAndTheCheckpointsStoresNothingTwiceAndFindsTheSame() {
        // Given
        FlinkJob first = submit();
        sendPings(0, 300);
        awaitStored();
        Set<String> found = findings().keySet();
        first.cancel();

        // When Kafka is empty and the job starts without state, and the ingester reads its source again
        producer.close(Duration.ZERO);
        kafka.close();
        startKafka("another-kafka");
        FlinkJob second = submit();
        sendPings(0, 350);
        awaitStored();

        // Then
        assertThat(TableReader.column(archive, "cloudtrail", "event_id")).isEqualTo(ids(0, 350));
        assertThat(findings().keySet()).isEqualTo(found);
        assertThat(titled(findings(), "actor-3 in round 1").evidence().count()).isEqualTo(35);
        second.cancel();
    }

    @Test
    void losingKafkaKeepsTheCheckpoint() {
        // Given
        FlinkJob first = submit();
        account("111111111111");
        sendPings(0, 25);
        awaitStored();
        first.checkpoint();
        first.cancel();

        // When Kafka is empty, but the checkpoint is there
        producer.close(Duration.ZERO);
        kafka.close();
        startKafka("another-kafka");
        FlinkJob second = submitRecovering();
        sendPings(20, 40);
        awaitStored();

        // Then actor-3 has its third and fourth ping only together with those that the state remembers
        assertThat(TableReader.column(archive, "cloudtrail", "event_id")).isEqualTo(ids(0, 40));
        assertThat(titled(findings(), "actor-3 in round 1").evidence().count()).isEqualTo(4);
        assertThat(titled(findings(), "actor-3 in round 1").words().facts()).containsEntry("accounts known", "1");
        second.cancel();
    }

    private void startKafka(String name) {
        kafka = EmbeddedKafka.start(directory.resolve(name));
        Topics.ALL.forEach(topic -> kafka.createTopic(topic.name(), 2, topic.compacted()));
        producer = new KafkaProducer<>(clientProperties(), new ByteArraySerializer(), new ByteArraySerializer());
    }

    private StreamExecutionEnvironment environment() {
        KafkaAccess access = new KafkaAccess(kafka.bootstrapServers(), Map.of());
        JobSettings settings = JobSettings.of(
                JobSettings.Processing.of(Values.DEFAULTS
                        .with(JobSettings.Processing.CHECKPOINT_INTERVAL, Duration.ofMillis(300))
                        .with(JobSettings.Processing.STATE_BACKEND, backend)),
                directory.resolve("flink/checkpoints").toUri());
        StreamExecutionEnvironment environment = flink.environment();
        new DetectionJob(
                        DetectionSources.ofKafka(access),
                        DetectionSinks.ofKafka(access, archive),
                        new Detection(List.of(), List.of(new RepeatedCalls())),
                        settings)
                .build(environment);
        return environment;
    }

    private FlinkJob submit() {
        return flink.submit(environment(), DetectionJob.NAME);
    }

    private FlinkJob submitRecovering() {
        CheckpointFinder.Found found;
        try {
            found = new CheckpointFinder(directory.resolve("flink/checkpoints")).newest();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
        assertThat(found).isInstanceOf(CheckpointFinder.Found.Usable.class);
        Path checkpoint = ((CheckpointFinder.Found.Usable) found).path();
        return flink.submit(environment(), DetectionJob.NAME, checkpoint);
    }

    /** Event i is of actor i mod 10. */
    private void sendPings(int from, int to) {
        for (int i = from; i < to; i++) {
            send("e" + i, "actor-" + i % 10, NOON.plusSeconds(i), TestRecords.origin("object-" + i / 50, i % 50));
        }
        producer.flush();
    }

    private static List<String> ids(int from, int to) {
        return IntStream.range(from, to).mapToObj(i -> "e" + i).sorted().toList();
    }

    private void send(String eventId, String actor, Instant at, Origin origin) {
        byte[] json = TestRecords.json(eventId, "Ping", actor, at);
        producer.send(record(EventKeys.cloudTrail(eventId, "111111111111"), json, origin));
    }

    private void sendValue(String key, String value, Origin origin) {
        producer.send(record(key, bytes(value), origin));
    }

    private void sendRejected(String key, Origin origin) {
        ProducerRecord<byte[], byte[]> record = record(key, bytes("the first bytes of much"), origin);
        DeadLetter letter =
                new DeadLetter(DeadLetter.Reason.TOO_LARGE, "too large", "record 9", new byte[0], 9_000_000, origin);
        record.headers().add(AuditHeaders.REJECTED, OriginCodec.rejectedHeader(letter));
        producer.send(record);
    }

    private void account(String id) {
        ReferenceEntry entry = new ReferenceEntry(ReferenceEntry.Kind.ACCOUNT, id, "{\"name\":\"test\"}", NOON);
        producer.send(new ProducerRecord<>(
                Topics.REFERENCE.name(), bytes(EventKeys.of(entry)), RecordCodec.REFERENCE.encode(entry)));
        producer.flush();
    }

    private static ProducerRecord<byte[], byte[]> record(String key, byte[] value, Origin origin) {
        ProducerRecord<byte[], byte[]> record = new ProducerRecord<>(Topics.CLOUDTRAIL.name(), bytes(key), value);
        record.headers().add(AuditHeaders.OBJECT, OriginCodec.objectHeader(origin));
        record.headers().add(AuditHeaders.OFFSET, OriginCodec.offsetHeader(origin.offset()));
        return record;
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    /** Until the stored group has reached the end of every audit topic. */
    private void awaitStored() {
        producer.flush();
        try (Admin admin = Admin.create(clientProperties());
                KafkaConsumer<byte[], byte[]> consumer = consumer()) {
            List<TopicPartition> partitions = new ArrayList<>();
            for (Topic<?> topic : List.of(Topics.CLOUDTRAIL, Topics.EXECUTIONS, Topics.RECEIPTS)) {
                partitions.add(new TopicPartition(topic.name(), 0));
                partitions.add(new TopicPartition(topic.name(), 1));
            }
            Map<TopicPartition, Long> ends = new HashMap<>(consumer.endOffsets(partitions));
            ends.values().removeIf(end -> end == 0);
            await().atMost(PATIENCE).untilAsserted(() -> {
                Map<TopicPartition, Long> stored = new HashMap<>();
                admin.listConsumerGroupOffsets(Topics.STORED_GROUP)
                        .partitionsToOffsetAndMetadata()
                        .get()
                        .forEach((partition, offset) -> stored.put(partition, offset.offset()));
                assertThat(stored).containsAllEntriesOf(ends);
            });
        }
    }

    private Map<String, Finding> findings() {
        Map<String, Finding> latest = new TreeMap<>();
        for (ConsumerRecord<byte[], byte[]> record : read(Topics.FINDINGS)) {
            Finding finding = RecordCodec.FINDING.decode(record.value());
            assertThat(new String(record.key(), StandardCharsets.UTF_8)).isEqualTo(finding.id());
            latest.merge(finding.id(), finding, (a, b) -> a.revision() > b.revision() ? a : b);
        }
        return latest;
    }

    private static Finding titled(Map<String, Finding> findings, String title) {
        return findings.values().stream()
                .filter(finding -> finding.words().title().equals(title))
                .findFirst()
                .orElseThrow(() -> new AssertionError(title + " is not among " + titles(findings)));
    }

    private static Set<String> titles(Map<String, Finding> findings) {
        return findings.values().stream()
                .map((Finding finding) -> finding.words().title())
                .collect(Collectors.toCollection(TreeSet::new));
    }

    /** Numbers of a part, summed over its subtasks. */
    private Map<String, Long> status(String part) {
        Map<String, JobStatus> latest = new TreeMap<>();
        for (ConsumerRecord<byte[], byte[]> record : read(Topics.STATUS)) {
            JobStatus status = RecordCodec.JOB_STATUS.decode(record.value());
            latest.put(EventKeys.of(status), status);
        }
        Map<String, Long> sum = new TreeMap<>();
        latest.values().stream().filter(status -> status.part().equals(part)).forEach(status -> status.numbers()
                .forEach((name, value) -> sum.merge(name, value, Long::sum)));
        return sum;
    }

    private List<ConsumerRecord<byte[], byte[]>> read(Topic<?> topic) {
        try (KafkaConsumer<byte[], byte[]> consumer = consumer()) {
            List<TopicPartition> partitions =
                    List.of(new TopicPartition(topic.name(), 0), new TopicPartition(topic.name(), 1));
            consumer.assign(partitions);
            consumer.seekToBeginning(partitions);
            Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
            List<ConsumerRecord<byte[], byte[]>> all = new ArrayList<>();
            while (partitions.stream().anyMatch(partition -> consumer.position(partition) < ends.get(partition))) {
                consumer.poll(Duration.ofMillis(100)).forEach(all::add);
            }
            return all;
        }
    }

    private KafkaConsumer<byte[], byte[]> consumer() {
        return new KafkaConsumer<>(clientProperties(), new ByteArrayDeserializer(), new ByteArrayDeserializer());
    }

    private Properties clientProperties() {
        Properties properties = new Properties();
        properties.put("bootstrap.servers", kafka.bootstrapServers());
        return properties;
    }
}
