package io.trailwarden.jobs.intake;

import io.trailwarden.jobs.archive.PartitionNames;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.OptionalLong;
import java.util.TreeMap;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/**
 * The partitions that one subtask reads: how far it has come, and event time.
 *
 * <p>The watermark is the slowest partition's newest event, less the disorder that is expected within a partition.
 * Partitions that are silent for a while are left out, so that an empty topic does not hold back the others. Per
 * partition, not per subtask: while catching up, Kafka hands out one partition after the other, and a common maximum
 * would make the second one late.
 */
final class Partitions {

    /** One partition. */
    static final class Partition {
        private long next;
        private long newestEvent = Long.MIN_VALUE;
        private long lastHeard = Long.MIN_VALUE;

        private Partition() {}

        /** The record at this offset was taken in. */
        void reached(long offset) {
            next = offset + 1;
        }

        /** An event came; its time is already capped by the time it was ingested. */
        void heard(long eventMillis, long nowMillis) {
            if (eventMillis > newestEvent) {
                newestEvent = eventMillis;
            }
            lastHeard = nowMillis;
        }
    }

    private final long disorderMillis;
    private final long idleMillis;
    private final Map<TopicPartition, Partition> partitions = new HashMap<>();
    private @Nullable String lastTopic;
    private int lastNumber;
    private @Nullable Partition last;

    Partitions(Duration disorder, Duration idleAfter) {
        this.disorderMillis = disorder.toMillis();
        this.idleMillis = idleAfter.toMillis();
    }

    /** The partition, known from now on. */
    Partition at(String topic, int number) {
        Partition partition = last;
        // Kafka delivers in runs of one partition, whose topic is one and the same String.
        if (partition == null || number != lastNumber || !topic.equals(lastTopic)) {
            partition = partitions.computeIfAbsent(new TopicPartition(topic, number), unused -> new Partition());
            last = partition;
            lastTopic = topic;
            lastNumber = number;
        }
        return partition;
    }

    /** The watermark over the partitions with events that were heard lately; empty when all of them are silent. */
    OptionalLong watermark(long nowMillis) {
        long slowest = Long.MAX_VALUE;
        for (Partition partition : partitions.values()) {
            if (partition.newestEvent != Long.MIN_VALUE && nowMillis - partition.lastHeard <= idleMillis) {
                slowest = Math.min(slowest, partition.newestEvent);
            }
        }
        return slowest == Long.MAX_VALUE ? OptionalLong.empty() : OptionalLong.of(slowest - disorderMillis - 1);
    }

    /** Per {@code topic/partition} the offset after the last record that was taken in. */
    Map<String, Long> reached() {
        Map<String, Long> reached = new TreeMap<>();
        partitions.forEach((name, partition) -> reached.put(PartitionNames.of(name), partition.next));
        return reached;
    }
}
