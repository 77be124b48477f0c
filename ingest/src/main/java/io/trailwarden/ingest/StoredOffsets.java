package io.trailwarden.ingest;

import java.util.Map;
import org.apache.kafka.common.TopicPartition;

/** How far the archive has durably stored each topic. */
@FunctionalInterface
public interface StoredOffsets {

    /**
     * For each partition the offset of the first message that is not stored.
     *
     * @throws IngestException if that cannot be found out now
     */
    Map<TopicPartition, Long> committed() throws InterruptedException, IngestException;
}
