package io.trailwarden.console.findings;

import io.trailwarden.event.Finding;
import io.trailwarden.event.codec.MalformedRecordException;
import io.trailwarden.event.codec.RecordCodec;
import io.trailwarden.event.topic.Topics;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.apache.kafka.common.errors.WakeupException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads the topic {@code findings} into the store, from where the store ends, until closed.
 *
 * <p>It belongs to no consumer group: the store's own positions count. A topic that was made anew (another topic id) is
 * read from its beginning. When Kafka or the store fails, it says so in {@link #state()} and tries again.
 */
public final class FindingsFeed implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(FindingsFeed.class);
    private static final String TOPIC = Topics.FINDINGS.name();
    private static final Duration POLL = Duration.ofMillis(200);
    private static final Duration RETRY = Duration.ofSeconds(1);
    private static final Duration LOOK_FOR_PARTITIONS = Duration.ofSeconds(30);

    private final Map<String, Object> kafka;
    private final FindingsStore store;
    private final Clock clock;
    private final Thread thread;
    private volatile boolean closed;
    private volatile State state;
    private volatile @Nullable KafkaConsumer<byte[], byte[]> consumer;

    /**
     * How the feed is doing.
     *
     * @param reading whether it reads; otherwise {@code problem} says why not
     * @param at when this was so
     * @param behind records of the topic not yet in the store
     * @param stored findings and amendments stored since it began
     */
    public record State(boolean reading, @Nullable String problem, Instant at, long behind, long stored) {}

    /**
     * Starts reading.
     *
     * @param kafka how to reach Kafka, as its clients take it
     */
    public FindingsFeed(Map<String, String> kafka, FindingsStore store, Clock clock) {
        this.kafka = new HashMap<>(kafka);
        this.store = store;
        this.clock = clock;
        this.state = new State(false, "connecting to Kafka", clock.instant(), 0, 0);
        this.thread = new Thread(this::run, "findings-feed");
        thread.setDaemon(true);
        thread.start();
    }

    /** How it is doing. */
    public State state() {
        return state;
    }

    private void run() {
        while (!closed) {
            try {
                readTopic();
            } catch (WakeupException | InterruptException e) {
                if (!closed) {
                    LOG.debug("Woken without being closed", e);
                }
            } catch (KafkaException | IllegalStateException e) {
                if (!closed) {
                    problem(e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage(), e);
                    pause();
                }
            }
        }
    }

    private void problem(String message, @Nullable Exception cause) {
        State before = state;
        if (!message.equals(before.problem())) {
            LOG.warn("Findings are not being read: {}", message, cause);
        }
        state = new State(false, message, clock.instant(), before.behind(), before.stored());
    }

    private synchronized void pause() {
        if (!closed) {
            try {
                wait(RETRY.toMillis());
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                closed = true;
            }
        }
    }

    /** The topic as it is now, or null while there is none. */
    private @Nullable TopicDescription describe() {
        try (Admin admin = Admin.create(kafka)) {
            return admin.describeTopics(List.of(TOPIC)).allTopicNames().get().get(TOPIC);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof UnknownTopicOrPartitionException) {
                return null;
            }
            throw new KafkaException(
                    "cannot describe topic " + TOPIC + ": " + e.getCause().getMessage(), e);
        } catch (InterruptedException e) {
            throw new InterruptException(e);
        }
    }

    private void readTopic() {
        TopicDescription topic = describe();
        if (topic == null) {
            problem("waiting for topic " + TOPIC, null);
            pause();
            return;
        }
        String topicId = topic.topicId().toString();
        Map<String, Object> settings = new HashMap<>(kafka);
        settings.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed");
        settings.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, "false");
        settings.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest");
        settings.put(ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG, "false");
        settings.put(ConsumerConfig.MAX_POLL_RECORDS_CONFIG, "5000");
        try (KafkaConsumer<byte[], byte[]> opened =
                new KafkaConsumer<>(settings, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
            consumer = opened;
            List<TopicPartition> partitions = topic.partitions().stream()
                    .map(each -> new TopicPartition(TOPIC, each.partition()))
                    .toList();
            opened.assign(partitions);
            Map<Integer, Long> positions = store.positions(topicId);
            for (TopicPartition partition : partitions) {
                Long next = positions.get(partition.partition());
                if (next == null) {
                    opened.seekToBeginning(List.of(partition));
                } else {
                    opened.seek(partition, next);
                }
            }
            Instant lookAgain = clock.instant().plus(LOOK_FOR_PARTITIONS);
            while (!closed) {
                ConsumerRecords<byte[], byte[]> records = opened.poll(POLL);
                if (!records.isEmpty()) {
                    store(topicId, opened, records);
                }
                state = new State(
                        true, null, clock.instant(), behind(opened, partitions), state.stored() + records.count());
                if (clock.instant().isAfter(lookAgain)) {
                    lookAgain = clock.instant().plus(LOOK_FOR_PARTITIONS);
                    TopicDescription now = describe();
                    if (now == null
                            || !now.topicId().equals(topic.topicId())
                            || now.partitions().size() != partitions.size()) {
                        return;
                    }
                }
            }
        } finally {
            consumer = null;
        }
    }

    private void store(String topicId, KafkaConsumer<?, ?> from, ConsumerRecords<byte[], byte[]> records) {
        List<Finding> findings = new ArrayList<>(records.count());
        List<Batch.Unreadable> unreadable = new ArrayList<>();
        for (ConsumerRecord<byte[], byte[]> record : records) {
            byte[] value = record.value() == null ? new byte[0] : record.value();
            try {
                findings.add(RecordCodec.FINDING.decode(value));
            } catch (MalformedRecordException e) {
                unreadable.add(new Batch.Unreadable(
                        topicId, record.partition(), record.offset(), String.valueOf(e.getMessage()), value));
                LOG.warn("Kept apart what is not a finding: {}-{}@{}", TOPIC, record.partition(), record.offset());
            }
        }
        List<Batch.Position> positions = records.partitions().stream()
                .map(each -> new Batch.Position(topicId, each.partition(), from.position(each)))
                .toList();
        store.apply(new Batch(findings, unreadable, positions));
    }

    private static long behind(KafkaConsumer<?, ?> of, List<TopicPartition> partitions) {
        long behind = 0;
        for (TopicPartition partition : partitions) {
            behind += of.currentLag(partition).orElse(0);
        }
        return behind;
    }

    @Override
    public void close() {
        synchronized (this) {
            closed = true;
            notifyAll();
        }
        KafkaConsumer<byte[], byte[]> open = consumer;
        if (open != null) {
            open.wakeup();
        }
        try {
            thread.join(10_000);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
