package io.trailwarden.app.pipeline;

import io.trailwarden.event.topic.Topics;
import io.trailwarden.kafka.Offsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;

/**
 * How far consumer groups are behind the ends of topics. Group {@link Topics#STORED_GROUP} at the end of the audit topics
 * means: every record is durable.
 */
final class StoredProgress implements AutoCloseable {

    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final List<String> AUDIT =
            List.of(Topics.CLOUDTRAIL.name(), Topics.EXECUTIONS.name(), Topics.RECEIPTS.name(), Topics.CUSTODY.name());

    /** Compacted topics trim themselves. */
    private static final Set<String> TRIMMED = Set.of(Topics.CLOUDTRAIL.name(), Topics.EXECUTIONS.name());

    private final Offsets offsets;
    private Map<TopicPartition, Long> trimmable = Map.of();

    StoredProgress(Map<String, String> connection) {
        this.offsets = Offsets.open(connection, PATIENCE);
    }

    /** How many records, receipts and observations are in Kafka and not yet stored. */
    long unstored() {
        return behind(Topics.STORED_GROUP, ends(AUDIT));
    }

    /** The ends of the topic's partitions now. */
    Map<TopicPartition, Long> ends(List<String> topics) {
        return ask(() -> offsets.ends(topics));
    }

    /** How many messages before these ends the group has not committed. */
    long behind(String group, Map<TopicPartition, Long> ends) {
        Map<TopicPartition, Long> committed = committed(group);
        long behind = 0;
        for (Map.Entry<TopicPartition, Long> end : ends.entrySet()) {
            behind += Math.max(0, end.getValue() - committed.getOrDefault(end.getKey(), 0L));
        }
        return behind;
    }

    /**
     * Deletes from the audit topics what was stored already at the call before this one. The last stretch stays, because
     * the job may have to go back to the checkpoint before its newest.
     */
    void trimStored() {
        Map<TopicPartition, Long> last = trimmable;
        Map<TopicPartition, Long> next = new HashMap<>();
        ask(() -> {
            offsets.deleteBefore(last);
            return last;
        });
        committed(Topics.STORED_GROUP).forEach((partition, offset) -> {
            if (TRIMMED.contains(partition.topic())) {
                next.put(partition, offset);
            }
        });
        trimmable = next;
    }

    private Map<TopicPartition, Long> committed(String group) {
        return ask(() -> offsets.committed(group));
    }

    /** A question to Kafka. */
    @FunctionalInterface
    private interface Question {
        Map<TopicPartition, Long> ask() throws InterruptedException;
    }

    private static Map<TopicPartition, Long> ask(Question question) {
        try {
            return question.ask();
        } catch (KafkaException e) {
            throw new PipelineException(String.valueOf(e.getMessage()), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new PipelineException("interrupted while asking Kafka", e);
        }
    }

    @Override
    public void close() {
        offsets.close();
    }
}
