package io.trailwarden.embedded;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
class EmbeddedKafkaTest {

    @TempDir
    Path directory;

    @Test
    void keeps_its_records_and_its_cluster_id_over_a_restart() throws Exception {
        String firstId;
        try (EmbeddedKafka kafka = EmbeddedKafka.start(directory.resolve("kafka"))) {
            kafka.createTopic("a", 2, false);
            send(kafka, "a", "one".getBytes(UTF_8));
            firstId = kafka.clusterId();
        }
        try (EmbeddedKafka kafka = EmbeddedKafka.start(directory.resolve("kafka"))) {
            kafka.createTopic("a", 2, false);
            assertThat(kafka.clusterId()).isEqualTo(firstId);
            assertThat(texts(kafka, "a", 2)).containsExactly("one");
        }
    }

    @Test
    void a_deleted_directory_gives_a_new_cluster_id() throws Exception {
        Path kafkaDirectory = directory.resolve("kafka");
        String firstId;
        try (EmbeddedKafka kafka = EmbeddedKafka.start(kafkaDirectory)) {
            firstId = kafka.clusterId();
        }
        try (Stream<Path> tree = Files.walk(kafkaDirectory)) {
            for (Path path : tree.sorted((a, b) -> b.compareTo(a)).toList()) {
                Files.delete(path);
            }
        }
        try (EmbeddedKafka kafka = EmbeddedKafka.start(kafkaDirectory)) {
            assertThat(kafka.clusterId()).isNotEqualTo(firstId);
        }
    }

    @Test
    void survives_kill_minus_nine() throws Exception {
        Path kafkaDirectory = directory.resolve("kafka");
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx256m",
                        "-cp",
                        System.getProperty("java.class.path"),
                        WritingBroker.class.getName(),
                        kafkaDirectory.toString())
                .redirectErrorStream(true)
                .start();
        try (var out = process.inputReader(UTF_8)) {
            String line = out.readLine();
            while (line != null && !line.equals("acknowledged 100")) {
                line = out.readLine();
            }
            assertThat(line).as("what the broker's process said").isEqualTo("acknowledged 100");
            process.destroyForcibly().waitFor(20, TimeUnit.SECONDS);
        }
        try (EmbeddedKafka kafka = EmbeddedKafka.start(kafkaDirectory)) {
            List<String> expected = new ArrayList<>();
            for (int i = 0; i < 100; i++) {
                expected.add("record " + i);
            }
            assertThat(texts(kafka, "a", 1)).containsAll(expected);
        }
    }

    @Test
    void takes_messages_of_four_megabytes_and_more() throws Exception {
        try (EmbeddedKafka kafka = EmbeddedKafka.start(directory)) {
            kafka.createTopic("big", 1, false);
            send(kafka, "big", new byte[5 * 1024 * 1024]);
            assertThat(read(kafka, "big", 1)).singleElement().satisfies(record -> assertThat(record.value())
                    .hasSize(5 * 1024 * 1024));
        }
    }

    @Test
    void makes_compacted_topics_that_keep_the_last_value_and_others_bounded_by_size() throws Exception {
        try (EmbeddedKafka kafka = EmbeddedKafka.start(directory)) {
            kafka.createTopic("last", 1, true);
            kafka.createTopic("past", 3, false);
            try (Admin admin = Admin.create(Map.of("bootstrap.servers", kafka.bootstrapServers()))) {
                var configs = admin.describeConfigs(List.of(topic("last"), topic("past")))
                        .all()
                        .get();
                assertThat(configs.get(topic("last")).get("cleanup.policy").value())
                        .isEqualTo("compact");
                assertThat(configs.get(topic("past")).get("cleanup.policy").value())
                        .isEqualTo("delete");
                assertThat(configs.get(topic("past")).get("retention.bytes").value())
                        .isEqualTo(Long.toString(EmbeddedKafka.RETENTION_BYTES));
                assertThat(admin.describeTopics(List.of("past"))
                                .allTopicNames()
                                .get()
                                .get("past")
                                .partitions())
                        .hasSize(3);
            }
        }
    }

    @Test
    void unknown_topics_are_refused_instead_of_made() {
        try (EmbeddedKafka kafka = EmbeddedKafka.start(directory)) {
            assertThatThrownBy(() -> send(kafka, "misspelt", new byte[1])).hasMessageContaining("misspelt");
        }
    }

    @Test
    void a_second_broker_on_the_same_directory_is_refused_with_the_directory_in_the_message() {
        try (EmbeddedKafka kafka = EmbeddedKafka.start(directory)) {
            assertThatThrownBy(() -> EmbeddedKafka.start(directory))
                    .isInstanceOf(EmbeddedStartException.class)
                    .hasMessageContaining(directory.toString());
            assertThat(kafka.bootstrapServers()).startsWith("127.0.0.1:");
        }
    }

    private static org.apache.kafka.common.config.ConfigResource topic(String name) {
        return new org.apache.kafka.common.config.ConfigResource(
                org.apache.kafka.common.config.ConfigResource.Type.TOPIC, name);
    }

    private static void send(EmbeddedKafka kafka, String topic, byte[] value)
            throws ExecutionException, InterruptedException {
        Map<String, Object> config = Map.of(
                "bootstrap.servers",
                kafka.bootstrapServers(),
                "max.request.size",
                EmbeddedKafka.MAX_MESSAGE_BYTES,
                "max.block.ms",
                2000);
        try (var producer = new KafkaProducer<>(config, new ByteArraySerializer(), new ByteArraySerializer())) {
            producer.send(new ProducerRecord<>(topic, 0, null, value)).get();
        }
    }

    private static List<String> texts(EmbeddedKafka kafka, String topic, int partitions) {
        return read(kafka, topic, partitions).stream()
                .map(record -> new String(record.value(), UTF_8))
                .toList();
    }

    /** Everything that is in the topic now. */
    private static List<ConsumerRecord<byte[], byte[]>> read(EmbeddedKafka kafka, String topic, int partitions) {
        Map<String, Object> config = Map.of("bootstrap.servers", kafka.bootstrapServers());
        try (var consumer = new KafkaConsumer<>(config, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
            List<TopicPartition> all = new ArrayList<>();
            for (int i = 0; i < partitions; i++) {
                all.add(new TopicPartition(topic, i));
            }
            consumer.assign(all);
            consumer.seekToBeginning(all);
            Map<TopicPartition, Long> ends = consumer.endOffsets(all);
            List<ConsumerRecord<byte[], byte[]>> found = new ArrayList<>();
            while (ends.entrySet().stream().anyMatch(end -> consumer.position(end.getKey()) < end.getValue())) {
                consumer.poll(Duration.ofMillis(200)).forEach(found::add);
            }
            return found;
        }
    }

    /** A broker in a process of its own that writes until it is killed. */
    static final class WritingBroker {

        public static void main(String[] args) throws Exception {
            EmbeddedKafka kafka = EmbeddedKafka.start(Path.of(args[0]));
            kafka.createTopic("a", 1, false);
            Map<String, Object> config = Map.of("bootstrap.servers", kafka.bootstrapServers(), "linger.ms", 0);
            var producer = new KafkaProducer<>(config, new ByteArraySerializer(), new ByteArraySerializer());
            for (int i = 0; ; i++) {
                producer.send(new ProducerRecord<>("a", ("record " + i).getBytes(UTF_8)))
                        .get();
                if (i == 99) {
                    System.out.println("acknowledged 100");
                }
            }
        }
    }
}
