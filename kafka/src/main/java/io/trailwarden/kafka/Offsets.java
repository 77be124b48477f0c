package io.trailwarden.kafka;

import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TimeoutException;

/**
 * How far topics and groups without members reach. Every question is answered within the patience or ends with a {@link
 * KafkaException} that says why not. Safe for any number of threads.
 */
public final class Offsets implements AutoCloseable {

    private static final Duration CLOSING = Duration.ofSeconds(5);

    private final Admin admin;
    private final Duration patience;

    private Offsets(Admin admin, Duration patience) {
        this.admin = admin;
        this.patience = patience;
    }

    /**
     * Connects as these properties say.
     *
     * @param connection {@code bootstrap.servers} and, where needed, security settings
     * @param patience how long an answer is waited for
     */
    public static Offsets open(Map<String, ?> connection, Duration patience) {
        return new Offsets(Admin.create(new HashMap<>(connection)), patience);
    }

    /** The ends of these topics' partitions now. */
    public Map<TopicPartition, Long> ends(Collection<String> topics) throws InterruptedException {
        Map<TopicPartition, OffsetSpec> latest = new HashMap<>();
        for (TopicDescription topic :
                get(admin.describeTopics(List.copyOf(topics)).allTopicNames()).values()) {
            topic.partitions()
                    .forEach(one -> latest.put(new TopicPartition(topic.name(), one.partition()), OffsetSpec.latest()));
        }
        return endsOf(latest);
    }

    private Map<TopicPartition, Long> endsOf(Map<TopicPartition, OffsetSpec> latest) throws InterruptedException {
        Map<TopicPartition, Long> ends = new HashMap<>();
        if (!latest.isEmpty()) {
            get(admin.listOffsets(latest).all()).forEach((partition, end) -> ends.put(partition, end.offset()));
        }
        return ends;
    }

    /** What this group has committed. */
    public Map<TopicPartition, Long> committed(String group) throws InterruptedException {
        Map<TopicPartition, Long> committed = new HashMap<>();
        get(admin.listConsumerGroupOffsets(group).partitionsToOffsetAndMetadata())
                .forEach((partition, offset) -> {
                    if (offset != null) {
                        committed.put(partition, offset.offset());
                    }
                });
        return committed;
    }

    /**
     * What this group has committed of the logs that are there. An offset behind the end of its partition is no promise
     * about what is there: it was committed for a log that is gone.
     */
    public Map<TopicPartition, Long> committedOfPresent(String group) throws InterruptedException {
        Map<TopicPartition, Long> committed = committed(group);
        Map<TopicPartition, OffsetSpec> latest = new HashMap<>();
        committed.keySet().forEach(partition -> latest.put(partition, OffsetSpec.latest()));
        endsOf(latest)
                .forEach((partition, end) ->
                        committed.computeIfPresent(partition, (unused, offset) -> offset > end ? null : offset));
        return committed;
    }

    /** Commits for this group, which must have no members. */
    public void commit(String group, Map<TopicPartition, Long> next) throws InterruptedException {
        Map<TopicPartition, OffsetAndMetadata> offsets = new HashMap<>();
        next.forEach((partition, offset) -> offsets.put(partition, new OffsetAndMetadata(offset)));
        get(admin.alterConsumerGroupOffsets(group, offsets).all());
    }

    /** Deletes every record before these offsets. */
    public void deleteBefore(Map<TopicPartition, Long> offsets) throws InterruptedException {
        if (!offsets.isEmpty()) {
            Map<TopicPartition, RecordsToDelete> deletions = new HashMap<>();
            offsets.forEach((partition, offset) -> deletions.put(partition, RecordsToDelete.beforeOffset(offset)));
            get(admin.deleteRecords(deletions).all());
        }
    }

    private <T> T get(KafkaFuture<T> answer) throws InterruptedException {
        try {
            return answer.get(patience.toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException e) {
            Throwable cause = e.getCause() == null ? e : e.getCause();
            throw new KafkaException("Kafka: " + cause.getMessage(), cause);
        } catch (java.util.concurrent.TimeoutException e) {
            throw new TimeoutException("Kafka does not answer within " + patience.toSeconds() + " s", e);
        }
    }

    @Override
    public void close() {
        admin.close(CLOSING);
    }
}
