package io.trailwarden.kafka;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.trailwarden.embedded.EmbeddedKafka;
import io.trailwarden.event.ReferenceEntry;
import io.trailwarden.event.ReferenceEntry.Kind;
import io.trailwarden.event.codec.MalformedRecordException;
import io.trailwarden.event.topic.AuditRecord;
import io.trailwarden.event.topic.Message;
import io.trailwarden.event.topic.MessageCodec;
import io.trailwarden.event.topic.Topic;
import io.trailwarden.event.topic.Topic.Kept;
import io.trailwarden.event.topic.Topics;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The one reader and the one writer, against a broker. */
@Timeout(120)
class TopicReaderTest {

    private static final Duration MOMENT = Duration.ofMillis(200);

    @TempDir
    static Path directory;

    private static EmbeddedKafka kafka;
    private static Map<String, String> connection;

    /** Texts that are their own keys; what begins with "bad" is none of them. */
    private static final class Texts implements MessageCodec<String> {
        @Override
        public Message encode(String value) {
            return new Message(value.getBytes(UTF_8), value.getBytes(UTF_8));
        }

        @Override
        public String decode(Message message) {
            byte[] value = message.value();
            if (value == null || new String(value, UTF_8).startsWith("bad")) {
                throw new MalformedRecordException("a bad text\nWARN forged");
            }
            return new String(value, UTF_8);
        }
    }

    @BeforeAll
    static void start() {
        kafka = EmbeddedKafka.start(directory.resolve("kafka"));
        connection = Map.of("bootstrap.servers", kafka.bootstrapServers());
    }

    @AfterAll
    static void stop() {
        kafka.close();
    }

    private static Topic<String> topic(int partitions) {
        Topic<String> topic = new Topic<>("texts-" + UUID.randomUUID(), Kept.SPAN, new Texts());
        kafka.createTopic(topic.name(), partitions, false);
        return topic;
    }

    private static void put(Topic<String> topic, String... texts) throws Exception {
        try (TopicWriter writer = TopicWriter.open("test", connection)) {
            writer.put(topic, List.of(texts));
        }
    }

    @Test
    void reads_to_the_end_and_then_what_follows() throws Exception {
        Topic<String> topic = topic(3);
        put(topic, "a", "b", "c", "d", "e");

        List<String> read = new ArrayList<>();
        try (TopicReader<String> reader = TopicReader.open(topic, connection)) {
            assertThat(reader.hasBegun()).isFalse();
            reader.fromBeginning();
            assertThat(reader.readToEnd((at, text) -> read.add(text))).isTrue();
            assertThat(read).containsExactlyInAnyOrder("a", "b", "c", "d", "e");
            assertThat(reader.behind()).isZero();

            put(topic, "f");
            await().until(() -> reader.poll(MOMENT, (at, text) -> read.add(text)) == 1);
            assertThat(read).endsWith("f");
            assertThat(reader.positions().values().stream()
                            .mapToLong(each -> each)
                            .sum())
                    .isEqualTo(6);
        }
    }

    @Test
    void an_empty_topic_has_an_end() {
        try (TopicReader<String> reader = TopicReader.open(topic(2), connection)) {
            reader.fromBeginning();
            assertThat(reader.readToEnd((at, text) -> {})).isTrue();
        }
    }

    @Test
    void begins_at_the_end() throws Exception {
        Topic<String> topic = topic(1);
        put(topic, "old");

        List<String> read = new ArrayList<>();
        try (TopicReader<String> reader = TopicReader.open(topic, connection)) {
            reader.fromEnd();
            put(topic, "new");
            await().until(() -> reader.poll(MOMENT, (at, text) -> read.add(text)) == 1);
        }
        assertThat(read).containsExactly("new");
    }

    @Test
    void begins_where_it_is_told_and_at_the_beginning_of_a_log_that_is_another_one() throws Exception {
        Topic<String> topic = topic(1);
        put(topic, "a", "b", "c");

        for (Map.Entry<Long, List<String>> each : Map.of(
                        0L, List.of("a", "b", "c"), 2L, List.of("c"), 3L, List.<String>of(), 4L, List.of("a", "b", "c"))
                .entrySet()) {
            List<String> read = new ArrayList<>();
            try (TopicReader<String> reader = TopicReader.open(topic, connection)) {
                reader.from(Map.of(0, each.getKey()));
                reader.readToEnd((at, text) -> read.add(text));
            }
            assertThat(read).as("from %d", each.getKey()).isEqualTo(each.getValue());
        }
    }

    @Test
    void what_cannot_be_decoded_is_handed_over_and_counted_and_the_next_is_read() throws Exception {
        Topic<String> topic = topic(1);
        put(topic, "a", "bad one", "b");

        List<String> seen = new ArrayList<>();
        try (TopicReader<String> reader = TopicReader.open(topic, connection)) {
            reader.fromBeginning();
            reader.readToEnd(new TopicHandler<>() {
                @Override
                public void read(Place at, String text) {
                    seen.add(at.offset() + " " + text);
                }

                @Override
                public void unreadable(Place at, byte[] bytes, MalformedRecordException problem) {
                    seen.add(at.offset() + " unreadable " + new String(bytes, UTF_8));
                }
            });
            assertThat(reader.unreadable()).isEqualTo(1);
        }
        assertThat(seen).containsExactly("0 a", "1 unreadable bad one", "2 b");
    }

    @Test
    void what_cannot_be_decoded_is_said_with_its_place_in_one_line() throws Exception {
        Topic<String> topic = topic(1);
        put(topic, "bad one");

        try (LogLines lines = LogLines.of(TopicReader.class);
                TopicReader<String> reader = TopicReader.open(topic, connection)) {
            reader.fromBeginning();
            reader.readToEnd((at, text) -> {});
            assertThat(lines.all()).singleElement().satisfies(line -> assertThat(line)
                    .startsWith("WARN Passed over " + topic.name() + "-0@0, which cannot be read: a bad text")
                    .doesNotContain("\n"));
        }
    }

    @Test
    void a_topic_that_is_not_there_is_refused_and_not_made() {
        Topic<String> topic = new Topic<>("missing", Kept.SPAN, new Texts());
        for (int attempt = 0; attempt < 2; attempt++) {
            try (TopicReader<String> reader = TopicReader.open(topic, connection)) {
                assertThatThrownBy(reader::fromBeginning)
                        .isInstanceOf(UnknownTopicOrPartitionException.class)
                        .hasMessage("there is no topic missing");
            }
        }
    }

    @Test
    void a_broker_that_goes_away_before_the_end_is_refused_after_the_patience(@TempDir Path other) throws Exception {
        Topic<String> topic = new Topic<>("texts", Kept.SPAN, new Texts());
        EmbeddedKafka away = EmbeddedKafka.start(other.resolve("kafka"));
        Map<String, String> there = Map.of("bootstrap.servers", away.bootstrapServers());
        away.createTopic(topic.name(), 1, false);
        try (TopicWriter writer = TopicWriter.open("test", there)) {
            writer.put(topic, List.of("a"));
        }
        try (TopicReader<String> reader = TopicReader.open(topic, there, Duration.ofSeconds(2), new StopSignal())) {
            reader.fromBeginning();
            reader.readToEnd((at, text) -> {});
            away.close();
            assertThatThrownBy(() -> reader.readToEnd((at, text) -> {})).isInstanceOf(TimeoutException.class);
        } finally {
            away.close();
        }
    }

    @Test
    void a_reader_that_waits_is_woken_to_stop_and_reads_nothing_more() throws Exception {
        Topic<String> topic = topic(1);
        StopSignal stop = new StopSignal();
        CountDownLatch waiting = new CountDownLatch(1);
        List<String> read = new CopyOnWriteArrayList<>();
        try (TopicReader<String> reader = TopicReader.open(topic, connection, TopicReader.PATIENCE, stop)) {
            reader.fromBeginning();
            Thread asks = new Thread(() -> {
                try {
                    waiting.await();
                } catch (InterruptedException e) {
                    throw new AssertionError(e);
                }
                stop.request();
            });
            asks.start();
            waiting.countDown();
            assertThat(reader.poll(Duration.ofMinutes(1), (at, text) -> read.add(text)))
                    .isZero();
            asks.join();
            put(topic, "a");
            assertThat(reader.poll(MOMENT, (at, text) -> read.add(text))).isZero();
            assertThat(reader.readToEnd((at, text) -> read.add(text))).isFalse();
        }
        assertThat(read).isEmpty();
    }

    @Test
    void members_of_a_group_go_on_where_it_has_committed_also_when_told_to_stop() throws Exception {
        Topic<String> topic = topic(1);
        put(topic, "a", "b");
        StopSignal stop = new StopSignal();
        Set<Integer> lost = new HashSet<>();
        List<String> read = new ArrayList<>();
        try (TopicReader<String> reader = TopicReader.join(topic, connection, topic.name(), lost::addAll, stop)) {
            await().until(() -> {
                reader.poll(MOMENT, (at, text) -> read.add(text));
                return read.size() == 2;
            });
            stop.request();
            reader.commit(Map.of(0, 1L));
        }
        assertThat(lost).containsExactly(0);

        List<String> again = new ArrayList<>();
        try (TopicReader<String> reader =
                TopicReader.join(topic, connection, topic.name(), lost::addAll, new StopSignal())) {
            await().until(() -> {
                reader.poll(MOMENT, (at, text) -> again.add(text));
                return !again.isEmpty();
            });
        }
        assertThat(again).containsExactly("b");
    }

    @Test
    void who_only_stays_in_the_group_reads_nothing_further() throws Exception {
        Topic<String> topic = topic(1);
        put(topic, "a");
        List<String> read = new ArrayList<>();
        try (TopicReader<String> reader =
                TopicReader.join(topic, connection, topic.name(), gone -> {}, new StopSignal())) {
            await().until(() -> reader.poll(MOMENT, (at, text) -> read.add(text)) == 1);
            put(topic, "b");
            for (int i = 0; i < 20; i++) {
                reader.stayInGroup((at, text) -> read.add(text));
            }
            assertThat(read).containsExactly("a");
            await().until(() -> reader.poll(MOMENT, (at, text) -> read.add(text)) == 1);
        }
        assertThat(read).containsExactly("a", "b");
    }

    @Test
    void too_large_a_record_is_refused_as_such_and_the_next_is_taken() throws Exception {
        Topic<String> topic = topic(1);
        String large = "x".repeat(TopicWriter.MAX_MESSAGE_BYTES);
        List<Exception> told = new CopyOnWriteArrayList<>();
        try (TopicWriter writer = TopicWriter.openForMany("test", connection)) {
            assertThatThrownBy(() -> writer.put(topic, List.of("a", large)))
                    .isInstanceOf(WriteException.TooLarge.class)
                    .hasMessageStartingWith("topic " + topic.name() + ": ");
            writer.send(topic, large, (at, problem) -> told.add(problem));
            writer.send(topic, "b", (at, problem) -> assertThat(problem).isNull());
            writer.flush();
        }
        assertThat(told).singleElement().isInstanceOf(RecordTooLargeException.class);

        List<String> read = new ArrayList<>();
        try (TopicReader<String> reader = TopicReader.open(topic, connection)) {
            reader.fromBeginning();
            reader.readToEnd((at, text) -> read.add(text));
        }
        assertThat(read).containsExactly("a", "b");
    }

    @Test
    void a_writer_says_that_the_broker_is_away() {
        Topic<String> topic = new Topic<>("texts", Kept.SPAN, new Texts());
        Map<String, String> nowhere = Map.of("bootstrap.servers", "localhost:1", "max.block.ms", "300");
        try (TopicWriter writer = TopicWriter.open("test", nowhere)) {
            assertThatThrownBy(() -> writer.put(topic, List.of("a")))
                    .isInstanceOf(WriteException.class)
                    .isNotInstanceOf(WriteException.TooLarge.class)
                    .hasMessageStartingWith("topic texts: ");
        }
    }

    @Test
    void a_closed_writer_refuses() {
        Topic<String> topic = topic(1);
        TopicWriter writer = TopicWriter.open("test", connection);
        writer.close();
        assertThatThrownBy(() -> writer.send(topic, "a", (at, problem) -> {})).isInstanceOf(WriteException.class);
    }

    @Test
    void our_own_topics_come_back_as_they_were_written() throws Exception {
        kafka.createTopic(Topics.REFERENCE.name(), 2, true);
        kafka.createTopic(Topics.CLOUDTRAIL.name(), 1, false);
        ReferenceEntry account = new ReferenceEntry(Kind.ACCOUNT, "1|2", "{}", Instant.parse("2026-03-02T00:00:00Z"));
        ReferenceEntry gone = new ReferenceEntry(Kind.RULE, "r", null, Instant.EPOCH);
        AuditRecord audit =
                new AuditRecord("k".getBytes(UTF_8), "v".getBytes(UTF_8), new byte[] {1}, new byte[] {2}, null);
        try (TopicWriter writer = TopicWriter.open("test", connection)) {
            writer.put(Topics.REFERENCE, List.of(account, gone));
            writer.put(Topics.CLOUDTRAIL, List.of(audit));
        }
        Map<Place, ReferenceEntry> entries = new HashMap<>();
        try (TopicReader<ReferenceEntry> reader = TopicReader.open(Topics.REFERENCE, connection)) {
            reader.fromBeginning();
            reader.readToEnd(entries::put);
        }
        // All in one partition, though there are two.
        assertThat(entries)
                .isEqualTo(
                        Map.of(new Place("audit.reference", 0, 0), account, new Place("audit.reference", 0, 1), gone));
        List<AuditRecord> audits = new ArrayList<>();
        try (TopicReader<AuditRecord> reader = TopicReader.open(Topics.CLOUDTRAIL, connection)) {
            reader.fromBeginning();
            reader.readToEnd((at, record) -> audits.add(record));
        }
        assertThat(audits).singleElement().usingRecursiveComparison().isEqualTo(audit);
    }

    @Test
    void a_group_without_members_has_what_is_committed_for_it_and_only_of_logs_that_are_there() throws Exception {
        Topic<String> topic = topic(1);
        put(topic, "a", "b", "c");
        TopicPartition there = new TopicPartition(topic.name(), 0);
        try (Offsets offsets = Offsets.open(connection, Duration.ofSeconds(30))) {
            assertThat(offsets.ends(List.of(topic.name()))).isEqualTo(Map.of(there, 3L));
            assertThat(offsets.committed(topic.name())).isEmpty();

            offsets.commit(topic.name(), Map.of(there, 2L));
            assertThat(offsets.committed(topic.name())).isEqualTo(Map.of(there, 2L));
            assertThat(offsets.committedOfPresent(topic.name())).isEqualTo(Map.of(there, 2L));

            offsets.commit(topic.name(), Map.of(there, 4L));
            assertThat(offsets.committed(topic.name())).isEqualTo(Map.of(there, 4L));
            assertThat(offsets.committedOfPresent(topic.name())).isEmpty();

            offsets.deleteBefore(Map.of(there, 2L));
        }
        List<String> read = new ArrayList<>();
        try (TopicReader<String> reader = TopicReader.open(topic, connection)) {
            reader.fromBeginning();
            reader.readToEnd((at, text) -> read.add(text));
        }
        assertThat(read).containsExactly("c");
    }

    @Test
    void who_asks_for_offsets_hears_that_the_broker_is_away_or_the_topic_is_not_there() {
        try (Offsets nowhere = Offsets.open(Map.of("bootstrap.servers", "localhost:1"), Duration.ofSeconds(1))) {
            assertThatThrownBy(() -> nowhere.committed("any"))
                    .isInstanceOf(TimeoutException.class)
                    .hasMessage("Kafka does not answer within 1 s");
        }
        try (Offsets offsets = Offsets.open(connection, Duration.ofSeconds(30))) {
            assertThatThrownBy(() -> offsets.ends(List.of("missing")))
                    .isInstanceOf(KafkaException.class)
                    .hasCauseInstanceOf(UnknownTopicOrPartitionException.class);
        }
    }

    @Test
    void a_follower_tells_what_failed_tries_again_and_ends_when_closed() throws Exception {
        Topic<String> topic = new Topic<>("late-" + UUID.randomUUID(), Kept.SPAN, new Texts());
        List<String> troubles = new CopyOnWriteArrayList<>();
        List<String> read = new CopyOnWriteArrayList<>();
        CountDownLatch ended = new CountDownLatch(1);
        Follower follower = Follower.start(
                "test",
                Duration.ofMillis(50),
                stop -> {
                    try (TopicReader<String> reader = TopicReader.open(topic, connection, TopicReader.PATIENCE, stop)) {
                        reader.fromBeginning();
                        while (!stop.isRequested()) {
                            reader.poll(Duration.ofMinutes(1), (at, text) -> read.add(text));
                        }
                        ended.countDown();
                    }
                },
                trouble -> troubles.add(trouble.getMessage()));
        await().untilAsserted(() -> assertThat(troubles).contains("there is no topic " + topic.name()));
        kafka.createTopic(topic.name(), 1, false);
        put(topic, "a");
        await().untilAsserted(() -> assertThat(read).containsExactly("a"));
        follower.close();
        assertThat(ended.await(0, TimeUnit.SECONDS)).isTrue();
    }
}
