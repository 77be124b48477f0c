package io.trailwarden.jobs;

import io.trailwarden.event.topic.Topics;
import io.trailwarden.jobs.archive.OffsetCommitter;
import io.trailwarden.kafka.Offsets;
import java.time.Duration;
import java.util.Map;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/** Commits offsets as {@link Topics#STORED_GROUP}, a group without members. */
final class KafkaOffsetCommitter implements OffsetCommitter {

    private static final long serialVersionUID = 1L;
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final KafkaAccess access;
    private transient @Nullable Offsets offsets;

    KafkaOffsetCommitter(KafkaAccess access) {
        this.access = access;
    }

    @Override
    public void commit(Map<TopicPartition, Long> next) throws OffsetsRefusedException {
        if (offsets == null) {
            offsets = Offsets.open(access.connection(), PATIENCE);
        }
        try {
            offsets.commit(Topics.STORED_GROUP, next);
        } catch (KafkaException e) {
            throw new OffsetsRefusedException(
                    "Kafka at " + access.bootstrapServers() + " did not take the offsets of group "
                            + Topics.STORED_GROUP + ": " + next,
                    e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new OffsetsRefusedException("Stopped while committing offsets " + next, e);
        }
    }

    @Override
    public void close() {
        if (offsets != null) {
            offsets.close();
            offsets = null;
        }
    }
}
