package io.trailwarden.app.pipeline;

import io.trailwarden.event.topic.Topics;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListOffsetsResult.ListOffsetsResultInfo;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;

/**
 * How far consumer groups are behind the ends of topics. Group {@link Topics#STORED_GROUP} at the end of the audit topics
 * means: every record is durable.
 */
final class StoredProgress implements AutoCloseable {

    private static final int PATIENCE_SECONDS = 30;
    private static final List<String> AUDIT =
            List.of(Topics.CLOUDTRAIL.name(), Topics.EXECUTIONS.name(), Topics.RECEIPTS.name());

    private final Admin admin;
    private Map<TopicPartition, Long> trimmable = Map.of();

    StoredProgress(Map<String, String> connection) {
        this.admin = Admin.create(new HashMap<>(connection));
    }

    /** How many records and receipts are in Kafka and not yet stored. */
    long unstored() {
        return behind(Topics.STORED_GROUP, ends(AUDIT));
    }

    /** The ends of the topic's partitions now. */
    Map<TopicPartition, Long> ends(List<String> topics) {
        List<TopicPartition> partitions = new ArrayList<>();
        for (TopicDescription topic :
                get(admin.describeTopics(topics).allTopicNames()).values()) {
            topic.partitions().forEach(one -> partitions.add(new TopicPartition(topic.name(), one.partition())));
        }
        Map<TopicPartition, OffsetSpec> latest = new HashMap<>();
        partitions.forEach(partition -> latest.put(partition, OffsetSpec.latest()));
        Map<TopicPartition, Long> ends = new HashMap<>();
        Map<TopicPartition, ListOffsetsResultInfo> infos =
                get(admin.listOffsets(latest).all());
        infos.forEach((partition, info) -> ends.put(partition, info.offset()));
        return ends;
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
        Map<TopicPartition, RecordsToDelete> deletions = new HashMap<>();
        trimmable.forEach((partition, offset) -> deletions.put(partition, RecordsToDelete.beforeOffset(offset)));
        if (!deletions.isEmpty()) {
            get(admin.deleteRecords(deletions).all());
        }
        Map<TopicPartition, Long> next = new HashMap<>();
        committed(Topics.STORED_GROUP).forEach((partition, offset) -> {
            if (!partition.topic().equals(Topics.RECEIPTS.name())) {
                next.put(partition, offset);
            }
        });
        trimmable = next;
    }

    private Map<TopicPartition, Long> committed(String group) {
        Map<TopicPartition, OffsetAndMetadata> offsets =
                get(admin.listConsumerGroupOffsets(group).partitionsToOffsetAndMetadata());
        Map<TopicPartition, Long> committed = new HashMap<>();
        offsets.forEach((partition, offset) -> {
            if (offset != null) {
                committed.put(partition, offset.offset());
            }
        });
        return committed;
    }

    private static <T> T get(org.apache.kafka.common.KafkaFuture<T> future) {
        try {
            return future.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            throw new PipelineException("Kafka: " + e.getCause().getMessage(), e.getCause());
        } catch (TimeoutException e) {
            throw new PipelineException("Kafka does not answer within " + PATIENCE_SECONDS + " s", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new PipelineException("interrupted while asking Kafka", e);
        }
    }

    @Override
    public void close() {
        admin.close();
    }
}
