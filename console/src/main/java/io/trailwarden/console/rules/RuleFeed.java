package io.trailwarden.console.rules;

import io.trailwarden.detection.reference.Reference;
import io.trailwarden.detection.rules.LoadedRules;
import io.trailwarden.event.ReferenceEntry;
import io.trailwarden.event.codec.MalformedRecordException;
import io.trailwarden.event.codec.RecordCodec;
import io.trailwarden.event.topic.Topics;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.WakeupException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Follows the rules among the reference data, and loads them with the code that the job loads them with: what it says of
 * a rule is what the job says of it.
 */
public final class RuleFeed implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(RuleFeed.class);
    private static final Duration POLL = Duration.ofSeconds(1);
    private static final Duration RETRY = Duration.ofSeconds(2);

    private final Map<String, Object> kafka;
    private final Thread thread;
    private final CountDownLatch caughtUp = new CountDownLatch(1);

    /** By the key of the record, so that a tombstone removes what it names. */
    private final Map<String, ReferenceEntry> entries = new HashMap<>();

    private volatile @Nullable LoadedRules rules;
    private volatile boolean closed;
    private volatile @Nullable KafkaConsumer<byte[], byte[]> consumer;

    /**
     * Starts reading.
     *
     * @param kafka how to reach Kafka, as its clients take it
     */
    public RuleFeed(Map<String, String> kafka) {
        this.kafka = new HashMap<>(kafka);
        this.kafka.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, "false");
        this.kafka.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest");
        this.kafka.put(ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG, "false");
        this.thread = new Thread(this::run, "rule-feed");
        thread.setDaemon(true);
        thread.start();
    }

    /** The rules now; null until the topic has been read to its end once. */
    public @Nullable LoadedRules rules() {
        return rules;
    }

    /** The rules, waiting until the topic has been read to its end once; null when that takes longer. */
    public @Nullable LoadedRules await(Duration atMost) throws InterruptedException {
        return caughtUp.await(atMost.toMillis(), TimeUnit.MILLISECONDS) ? rules : null;
    }

    private void run() {
        while (!closed) {
            try (KafkaConsumer<byte[], byte[]> opened =
                    new KafkaConsumer<>(kafka, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
                consumer = opened;
                follow(opened);
            } catch (WakeupException | InterruptException e) {
                LOG.debug("The rules are no longer followed", e);
            } catch (KafkaException e) {
                LOG.warn("Cannot read the rules", e);
            } finally {
                consumer = null;
            }
            pause();
        }
    }

    private void follow(KafkaConsumer<byte[], byte[]> from) {
        List<TopicPartition> partitions = from.partitionsFor(Topics.REFERENCE.name()).stream()
                .map(info -> new TopicPartition(info.topic(), info.partition()))
                .toList();
        from.assign(partitions);
        from.seekToBeginning(partitions);
        entries.clear();
        Map<TopicPartition, Long> ends = from.endOffsets(partitions);
        while (!closed && !partitions.isEmpty()) {
            ConsumerRecords<byte[], byte[]> records = from.poll(POLL);
            boolean changed = false;
            for (ConsumerRecord<byte[], byte[]> record : records) {
                changed |= take(record);
            }
            boolean complete = ends.entrySet().stream().allMatch(end -> from.position(end.getKey()) >= end.getValue());
            if (complete && (changed || caughtUp.getCount() > 0)) {
                rules = LoadedRules.of(Reference.EMPTY.withAll(entries.values()), rules);
                caughtUp.countDown();
            }
        }
    }

    private boolean take(ConsumerRecord<byte[], byte[]> record) {
        String key = record.key() == null ? "" : new String(record.key(), StandardCharsets.UTF_8);
        try {
            ReferenceEntry entry = record.value() == null ? null : RecordCodec.REFERENCE.decode(record.value());
            if (entry == null || entry.body() == null) {
                return entries.remove(key) != null;
            }
            return entry.kind() == ReferenceEntry.Kind.RULE && !Objects.equals(entries.put(key, entry), entry);
        } catch (MalformedRecordException e) {
            LOG.warn("Passed over reference data that cannot be read: {}", e.getMessage());
            return false;
        }
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
