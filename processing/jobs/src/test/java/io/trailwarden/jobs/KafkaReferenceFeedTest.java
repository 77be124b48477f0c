package io.trailwarden.jobs;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.trailwarden.embedded.EmbeddedKafka;
import io.trailwarden.event.ReferenceEntry;
import io.trailwarden.event.ReferenceEntry.Kind;
import io.trailwarden.event.topic.Message;
import io.trailwarden.event.topic.MessageCodec;
import io.trailwarden.event.topic.Topic;
import io.trailwarden.event.topic.Topics;
import io.trailwarden.jobs.operator.ReferenceFeed;
import io.trailwarden.kafka.TopicWriter;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
class KafkaReferenceFeedTest {

    private static final ReferenceEntry ACCOUNT =
            new ReferenceEntry(Kind.ACCOUNT, "111122223333", "{}", Instant.parse("2026-03-02T00:00:00Z"));

    /** What a stranger wrote to the topic. */
    private static final Topic<String> STRANGER =
            new Topic<>(Topics.REFERENCE.name(), Topics.REFERENCE.kept(), new MessageCodec<>() {
                @Override
                public Message encode(String text) {
                    return new Message("x".getBytes(UTF_8), text.getBytes(UTF_8));
                }

                @Override
                public String decode(Message message) {
                    throw new IllegalStateException("only written");
                }
            });

    @TempDir
    Path folder;

    @Test
    void gives_all_that_is_there_then_what_changes_and_counts_what_it_cannot_read() throws Exception {
        try (EmbeddedKafka kafka = EmbeddedKafka.start(folder)) {
            kafka.createTopic(Topics.REFERENCE.name(), 1, true);
            ReferenceFeed feed = new KafkaReferenceFeed(new KafkaAccess(kafka.bootstrapServers(), Map.of()), "c1");
            try (TopicWriter writer = TopicWriter.open("test", Map.of("bootstrap.servers", kafka.bootstrapServers()));
                    ReferenceFeed.Reader reader = feed.open()) {
                writer.put(STRANGER, List.of("{"));
                writer.put(Topics.REFERENCE, List.of(ACCOUNT));

                assertThat(reader.backlog()).containsExactly(ACCOUNT);
                assertThat(reader.malformed()).isEqualTo(1);
                assertThat(reader.incarnation()).isEqualTo("c1");

                ReferenceEntry gone = new ReferenceEntry(Kind.ACCOUNT, ACCOUNT.key(), null, Instant.EPOCH);
                writer.put(Topics.REFERENCE, List.of(gone));
                List<ReferenceEntry> changes = new ArrayList<>();
                await().until(() -> changes.addAll(reader.changes()));
                assertThat(changes).containsExactly(gone);
            }
        }
    }

    @Test
    void without_its_topic_nothing_is_judged() {
        try (EmbeddedKafka kafka = EmbeddedKafka.start(folder)) {
            ReferenceFeed feed = new KafkaReferenceFeed(new KafkaAccess(kafka.bootstrapServers(), Map.of()), "c1");
            try (ReferenceFeed.Reader reader = feed.open()) {
                assertThatThrownBy(reader::backlog)
                        .isInstanceOf(UnknownTopicOrPartitionException.class)
                        .hasMessage("there is no topic audit.reference");
            }
        }
    }
}
