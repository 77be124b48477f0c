package io.trailwarden.kafka;

import io.trailwarden.event.codec.MalformedRecordException;
import io.trailwarden.event.topic.Message;
import io.trailwarden.event.topic.Topic;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.apache.kafka.common.errors.WakeupException;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/**
 * Reads one topic: all of it from places of its own choice ({@link #open}), or its share as a member of a group ({@link
 * #join}).
 *
 * <p>A record that cannot be decoded is counted and given to {@link TopicHandler#unreadable}, never skipped in silence.
 * A broker that is away is waited for; where an end must be reached, with patience, and then refused with {@link
 * TimeoutException}. After its {@link StopSignal} it reads nothing more. Other failures of Kafka's client are thrown as
 * they are, all of them {@link org.apache.kafka.common.KafkaException}.
 *
 * <p>Belongs to one thread.
 */
public final class TopicReader<T> implements AutoCloseable {

    /** How long an answer of Kafka is waited for, unless told otherwise. */
    public static final Duration PATIENCE = Duration.ofSeconds(60);

    private static final Duration POLL = Duration.ofMillis(200);

    private final Topic<T> topic;
    private final KafkaConsumer<byte[], byte[]> consumer;
    private final Duration patience;
    private final StopSignal stop;
    private final Runnable wakeup;
    private long unreadable;

    private TopicReader(Topic<T> topic, Map<String, Object> config, Duration patience, StopSignal stop) {
        config.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
        config.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest");
        config.put(ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG, false);
        config.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed");
        config.put(ConsumerConfig.MAX_POLL_RECORDS_CONFIG, 2000);
        config.put(ConsumerConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, Math.toIntExact(patience.toMillis()));
        this.topic = topic;
        this.patience = patience;
        this.stop = stop;
        this.consumer = new KafkaConsumer<>(config, new ByteArrayDeserializer(), new ByteArrayDeserializer());
        this.wakeup = consumer::wakeup;
        stop.wake(wakeup);
    }

    /**
     * A reader of all partitions, in no group. It begins where it is told to.
     *
     * @param connection {@code bootstrap.servers} and, where needed, security settings
     */
    public static <T> TopicReader<T> open(
            Topic<T> topic, Map<String, ?> connection, Duration patience, StopSignal stop) {
        return new TopicReader<>(topic, new HashMap<>(connection), patience, stop);
    }

    /** The same, with the usual patience, until it is closed. */
    public static <T> TopicReader<T> open(Topic<T> topic, Map<String, ?> connection) {
        return open(topic, connection, PATIENCE, new StopSignal());
    }

    /**
     * A reader of the partitions that its group gives it, each from the offset committed for the group.
     *
     * @param lost told which partitions are no longer ours: what was read of them and not committed comes to another
     *     member
     */
    public static <T> TopicReader<T> join(
            Topic<T> topic, Map<String, ?> connection, String group, Consumer<Set<Integer>> lost, StopSignal stop) {
        Map<String, Object> config = new HashMap<>(connection);
        config.put(ConsumerConfig.GROUP_ID_CONFIG, group);
        // A poll behind a slow receiver must not cost the partition.
        config.put(ConsumerConfig.MAX_POLL_INTERVAL_MS_CONFIG, 600_000);
        TopicReader<T> reader = new TopicReader<>(topic, config, PATIENCE, stop);
        reader.consumer.subscribe(List.of(topic.name()), new ConsumerRebalanceListener() {
            @Override
            public void onPartitionsRevoked(Collection<TopicPartition> partitions) {
                lost.accept(partitions.stream().map(TopicPartition::partition).collect(Collectors.toUnmodifiableSet()));
            }

            @Override
            public void onPartitionsAssigned(Collection<TopicPartition> partitions) {
                // Nothing is read yet; Kafka continues at the committed offset.
            }
        });
        return reader;
    }

    /** Begins at the beginning. */
    public void fromBeginning() {
        consumer.seekToBeginning(assign());
    }

    /** Begins at the end: only what comes from now on. */
    public void fromEnd() {
        List<TopicPartition> partitions = assign();
        consumer.seekToEnd(partitions);
        // Seeking is lazy: what comes between now and the first poll would be missed.
        partitions.forEach(consumer::position);
    }

    /**
     * Begins at these offsets.
     *
     * @param next by partition; one that is not among them, or whose log is shorter and so another one now, is read from
     *     its beginning
     */
    public void from(Map<Integer, Long> next) {
        List<TopicPartition> partitions = assign();
        consumer.endOffsets(partitions).forEach((partition, end) -> {
            Long start = next.get(partition.partition());
            if (start == null || start > end) {
                consumer.seekToBeginning(List.of(partition));
            } else {
                consumer.seek(partition, start);
            }
        });
    }

    private List<TopicPartition> assign() {
        List<TopicPartition> partitions = consumer.partitionsFor(topic.name()).stream()
                .map(info -> new TopicPartition(info.topic(), info.partition()))
                .toList();
        if (partitions.isEmpty()) {
            throw new UnknownTopicOrPartitionException("there is no topic " + topic.name());
        }
        consumer.assign(partitions);
        return partitions;
    }

    /** Whether it knows where to read. */
    public boolean hasBegun() {
        return !consumer.assignment().isEmpty();
    }

    /**
     * Hands over what is there, waiting if there is nothing.
     *
     * @return how many records there were
     */
    public int poll(Duration atMost, TopicHandler<T> handler) {
        if (stop.isRequested()) {
            return 0;
        }
        ConsumerRecords<byte[], byte[]> records;
        try {
            records = consumer.poll(atMost);
        } catch (WakeupException e) {
            return 0;
        }
        records.forEach(record -> take(record, handler));
        return records.count();
    }

    /**
     * Hands over everything up to the end that the topic has now.
     *
     * @return whether the end was reached; otherwise it was told to stop
     * @throws TimeoutException if Kafka hands out nothing any more before the end is reached
     */
    public boolean readToEnd(TopicHandler<T> handler) {
        try {
            Map<TopicPartition, Long> ends = consumer.endOffsets(consumer.assignment());
            long missing = missing(ends);
            long deadline = System.nanoTime() + patience.toNanos();
            while (missing > 0) {
                if (stop.isRequested()) {
                    return false;
                }
                poll(POLL, handler);
                long left = missing(ends);
                if (left < missing) {
                    deadline = System.nanoTime() + patience.toNanos();
                } else if (System.nanoTime() - deadline > 0) {
                    throw new TimeoutException("Kafka has handed out nothing of topic " + topic.name() + " for "
                            + patience.toSeconds() + " s, and " + left + " offsets are left");
                }
                missing = left;
            }
            return true;
        } catch (WakeupException e) {
            return false;
        }
    }

    private long missing(Map<TopicPartition, Long> ends) {
        long missing = 0;
        for (Map.Entry<TopicPartition, Long> end : ends.entrySet()) {
            missing += Math.max(0, end.getValue() - consumer.position(end.getKey()));
        }
        return missing;
    }

    private void take(ConsumerRecord<byte[], byte[]> record, TopicHandler<T> handler) {
        Place at = new Place(record.topic(), record.partition(), record.offset());
        List<Message.Header> headers = new ArrayList<>();
        for (Header header : record.headers()) {
            headers.add(new Message.Header(header.key(), header.value()));
        }
        T value;
        try {
            value = topic.decode(new Message(orEmpty(record.key()), record.value(), headers));
        } catch (MalformedRecordException e) {
            unreadable++;
            handler.unreadable(at, orEmpty(record.value()), e);
            return;
        }
        if (value != null) {
            handler.read(at, value);
        }
    }

    private static byte[] orEmpty(byte[] bytes) {
        return bytes == null ? new byte[0] : bytes;
    }

    /** By partition the offset of the record that comes next. */
    public Map<Integer, Long> positions() {
        Map<Integer, Long> positions = new TreeMap<>();
        consumer.assignment().forEach(each -> positions.put(each.partition(), consumer.position(each)));
        return positions;
    }

    /** How many records are there that it has not read, as far as it knows. */
    public long behind() {
        long behind = 0;
        for (TopicPartition partition : consumer.assignment()) {
            behind += consumer.currentLag(partition).orElse(0);
        }
        return behind;
    }

    /** How many records it could not read. */
    public long unreadable() {
        return unreadable;
    }

    /** Lets its group see that this member lives, without reading further. */
    public void stayInGroup(TopicHandler<T> handler) {
        consumer.pause(consumer.assignment());
        try {
            // Partitions that come to us in this very poll are not paused.
            poll(Duration.ZERO, handler);
        } finally {
            consumer.resume(consumer.assignment());
        }
    }

    /**
     * Commits for its group; also after it was told to stop.
     *
     * @param next by partition the offset of the first record that is not done
     */
    public void commit(Map<Integer, Long> next) {
        Map<TopicPartition, OffsetAndMetadata> offsets = new HashMap<>();
        next.forEach((partition, offset) ->
                offsets.put(new TopicPartition(topic.name(), partition), new OffsetAndMetadata(offset)));
        try {
            consumer.commitSync(offsets);
        } catch (WakeupException e) {
            // It was the stop signal's; what is done is done, and must not come again for that.
            consumer.commitSync(offsets);
        }
    }

    @Override
    public void close() {
        stop.forget(wakeup);
        consumer.close();
    }
}
