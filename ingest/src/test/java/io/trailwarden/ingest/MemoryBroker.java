package io.trailwarden.ingest;

import io.trailwarden.event.topic.Message.Header;
import io.trailwarden.event.topic.Topic;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.TopicPartition;

/**
 * A broker with three partitions a topic in memory. It acknowledges only when it is flushed, or when many messages wait,
 * so that a kill finds messages in flight; those are lost with their connection.
 */
public final class MemoryBroker implements Broker {

    private static final int PARTITIONS = 3;
    private static final int MAX_IN_FLIGHT = 7;

    private final Map<TopicPartition, List<Message>> log = new HashMap<>();
    private final Map<TopicPartition, Long> committed = new HashMap<>();
    private final List<Message> stored = new ArrayList<>();

    @Override
    public EventPublisher connect() {
        return new Connection();
    }

    @Override
    public StoredOffsets stored() {
        return () -> Map.copyOf(committed);
    }

    @Override
    public List<Message> store() {
        log.forEach((partition, messages) -> {
            int from = committed.getOrDefault(partition, 0L).intValue();
            stored.addAll(messages.subList(from, messages.size()));
            committed.put(partition, (long) messages.size());
        });
        return List.copyOf(stored);
    }

    /** Kafka's directory is deleted; what the archive has stored is not. */
    void lose() {
        log.clear();
        committed.clear();
    }

    @Override
    public void close() {}

    private final class Connection implements EventPublisher {

        private record Sent(String topic, io.trailwarden.event.topic.Message message, Delivery delivery) {}

        private final Deque<Sent> inFlight = new ArrayDeque<>();

        @Override
        public <T> void send(Topic<T> topic, T value, Delivery delivery) {
            delivery.sent();
            inFlight.addLast(new Sent(topic.name(), topic.encode(value), delivery));
            while (inFlight.size() > MAX_IN_FLIGHT) {
                acknowledge();
            }
        }

        @Override
        public void flush() {
            while (!inFlight.isEmpty()) {
                acknowledge();
            }
        }

        private void acknowledge() {
            Sent sent = inFlight.removeFirst();
            var message = sent.message();
            TopicPartition partition =
                    new TopicPartition(sent.topic(), Math.floorMod(Arrays.hashCode(message.key()), PARTITIONS));
            List<Message> messages = log.computeIfAbsent(partition, unused -> new ArrayList<>());
            long offset = messages.size();
            messages.add(new Message(
                    sent.topic(),
                    partition.partition(),
                    offset,
                    new String(message.key(), StandardCharsets.UTF_8),
                    message.value(),
                    header(message, "object"),
                    header(message, "offset"),
                    header(message, "rejected")));
            sent.delivery().acknowledged(partition, offset);
        }

        private static byte[] header(io.trailwarden.event.topic.Message message, String name) {
            return message.headers().stream()
                    .filter(header -> header.name().equals(name))
                    .findFirst()
                    .map(Header::value)
                    .orElse(Message.NO_HEADER);
        }

        @Override
        public void close() {
            inFlight.clear();
        }
    }
}
