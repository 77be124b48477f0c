package io.trailwarden.console.rules;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.trailwarden.console.rules.RuleTable.State;
import io.trailwarden.detection.rules.LoadedRules;
import io.trailwarden.embedded.EmbeddedKafka;
import io.trailwarden.event.ReferenceEntry;
import io.trailwarden.event.codec.RecordCodec;
import io.trailwarden.event.topic.Topics;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The feed over a real broker. */
class RuleFeedTest {

    private static final String RULE =
            """
            title: Trail stopped
            name: trail-stopped
            logsource: {product: aws, service: cloudtrail}
            detection: {selection: {eventName: StopLogging}, condition: selection}
            """;

    private static byte[] entry(String file, String yaml) {
        ReferenceEntry entry = LoadedRules.entry(file, yaml, true, Instant.EPOCH);
        return RecordCodec.REFERENCE.encode(entry);
    }

    private static void send(KafkaProducer<String, byte[]> producer, String file, byte[] value) throws Exception {
        producer.send(new ProducerRecord<>(Topics.REFERENCE.name(), "RULE|" + file, value))
                .get();
    }

    private static List<String> states(LoadedRules rules, Map<String, Long> numbers) {
        return RuleTable.of(rules, numbers).rules().stream()
                .map(row -> row.state() + " " + row.rule() + " " + row.count())
                .toList();
    }

    private static List<RuleTable.Row> rows(RuleFeed feed) {
        LoadedRules rules = feed.rules();
        return rules == null ? List.of() : RuleTable.of(rules, Map.of()).rules();
    }

    @Test
    void follows_what_is_added_broken_staged_and_taken_away(@TempDir Path folder) throws Exception {
        try (EmbeddedKafka kafka = EmbeddedKafka.start(folder.resolve("kafka"));
                KafkaProducer<String, byte[]> producer = new KafkaProducer<>(
                        Map.of("bootstrap.servers", kafka.bootstrapServers()),
                        new StringSerializer(),
                        new ByteArraySerializer())) {
            kafka.createTopic(Topics.REFERENCE.name(), 1, true);
            send(producer, "a.yml", entry("a.yml", RULE));
            send(producer, "junk.yml", "junk".getBytes(StandardCharsets.UTF_8));
            try (RuleFeed feed = new RuleFeed(Map.of("bootstrap.servers", kafka.bootstrapServers()))) {
                LoadedRules first = feed.await(Duration.ofSeconds(60));
                assertThat(first).isNotNull();
                assertThat(states(first, Map.of())).containsExactly("LOADED trail-stopped null");
                assertThat(states(first, Map.of("muted.trail-stopped", 7L, "staged.other", 1L)))
                        .containsExactly("MUTED trail-stopped 7");

                send(producer, "a.yml", entry("a.yml", RULE + "staging: true\n"));
                send(producer, "b.yml", entry("b.yml", "title: ["));
                await().atMost(Duration.ofSeconds(60))
                        .until(() -> rows(feed).size() == 2 && rows(feed).get(1).state() == State.STAGED);
                assertThat(states(feed.rules(), Map.of("staged.trail-stopped", 3L)))
                        .containsExactly("FAILED  null", "STAGED trail-stopped 3");

                send(producer, "b.yml", null);
                await().atMost(Duration.ofSeconds(60)).until(() -> rows(feed).size() == 1);
            }
        }
    }
}
