package io.trailwarden.ingest.custody;

import static org.assertj.core.api.Assertions.assertThat;

import io.trailwarden.embedded.EmbeddedKafka;
import io.trailwarden.event.Receipt;
import io.trailwarden.event.topic.Message;
import io.trailwarden.event.topic.MessageCodec;
import io.trailwarden.event.topic.Topic;
import io.trailwarden.event.topic.Topics;
import io.trailwarden.ingest.Delivery;
import io.trailwarden.ingest.EventPublisher;
import io.trailwarden.ingest.KafkaEventPublisher;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KafkaReceiptLogTest {

    @TempDir
    Path folder;

    /** Writes to the topic of receipts what need not be one. */
    private static final Topic<byte[]> BYTES =
            new Topic<>(Topics.RECEIPTS.name(), Topics.RECEIPTS.kept(), new MessageCodec<>() {
                @Override
                public Message encode(byte[] value) {
                    return new Message("broken".getBytes(StandardCharsets.UTF_8), value);
                }

                @Override
                public byte[] decode(Message message) {
                    throw new IllegalStateException("only written");
                }
            });

    private static <T> void send(EventPublisher publisher, Topic<T> topic, T value) throws Exception {
        Delivery delivery = new Delivery();
        publisher.send(topic, value, delivery);
        publisher.flush();
        assertThat(delivery.failure()).isNull();
    }

    private static void receipt(EventPublisher publisher, String object) throws Exception {
        send(
                publisher,
                Topics.RECEIPTS,
                new Receipt("s3:main", object, "ab", 1, 10, Instant.parse("2026-03-02T09:00:00Z")));
    }

    @Test
    void hands_over_every_receipt_once_and_all_again_where_the_log_is_another_one() throws Exception {
        try (EmbeddedKafka kafka = EmbeddedKafka.start(folder)) {
            kafka.createTopic(Topics.RECEIPTS.name(), 3, true);
            Map<String, String> connection = Map.of("bootstrap.servers", kafka.bootstrapServers());
            try (EventPublisher publisher = KafkaEventPublisher.open(connection);
                    ReceiptLog log = KafkaReceiptLog.open(connection)) {
                for (int i = 0; i < 20; i++) {
                    receipt(publisher, "b/o-" + i);
                }
                send(publisher, BYTES, "{".getBytes(StandardCharsets.UTF_8));
                List<String> first = new ArrayList<>();
                Map<Integer, Long> next = log.read(Map.of(), receipt -> first.add(receipt.object()));
                assertThat(first).hasSize(20).doesNotHaveDuplicates();

                receipt(publisher, "b/late");
                List<String> second = new ArrayList<>();
                next = log.read(next, receipt -> second.add(receipt.object()));
                assertThat(second).containsExactly("b/late");
                assertThat(log.read(next, receipt -> second.add(receipt.object())))
                        .isEqualTo(next);
                assertThat(second).hasSize(1);

                Map<Integer, Long> ofAnotherLog = new HashMap<>();
                next.forEach((partition, offset) -> ofAnotherLog.put(partition, offset + 1000));
                List<String> again = new ArrayList<>();
                log.read(ofAnotherLog, receipt -> again.add(receipt.object()));
                assertThat(again).hasSize(21);
            }
        }
    }
}
