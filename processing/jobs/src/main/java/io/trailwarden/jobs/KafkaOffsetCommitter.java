package io.trailwarden.jobs;

import io.trailwarden.event.topic.Topics;
import io.trailwarden.jobs.archive.OffsetCommitter;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/** Commits offsets as {@link Topics#STORED_GROUP}, a group without members. */
final class KafkaOffsetCommitter implements OffsetCommitter {

    private static final long serialVersionUID = 1L;
    private static final Duration TIMEOUT = Duration.ofSeconds(30);

    private final KafkaAccess access;
    private transient @Nullable Admin admin;

    KafkaOffsetCommitter(KafkaAccess access) {
        this.access = access;
    }

    @Override
    public void commit(Map<TopicPartition, Long> next) throws OffsetsRefusedException {
        if (admin == null) {
            admin = Admin.create(access.clientProperties());
        }
        Map<TopicPartition, OffsetAndMetadata> offsets = next.entrySet().stream()
                .collect(Collectors.toMap(Map.Entry::getKey, entry -> new OffsetAndMetadata(entry.getValue())));
        try {
            admin.alterConsumerGroupOffsets(Topics.STORED_GROUP, offsets)
                    .all()
                    .get(TIMEOUT.toSeconds(), TimeUnit.SECONDS);
        } catch (ExecutionException | TimeoutException e) {
            throw new OffsetsRefusedException(
                    "Kafka at " + access.bootstrapServers() + " did not take the offsets of group "
                            + Topics.STORED_GROUP + ": " + offsets,
                    e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new OffsetsRefusedException("Stopped while committing offsets " + offsets, e);
        }
    }

    @Override
    public void close() {
        if (admin != null) {
            admin.close(Duration.ofSeconds(5));
            admin = null;
        }
    }
}
