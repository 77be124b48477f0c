package io.trailwarden.jobs.archive;

import org.apache.kafka.common.TopicPartition;

/** How partitions are named beside the files of a checkpoint: {@code topic/number}. */
public final class PartitionNames {

    private PartitionNames() {}

    /** The name of this partition. */
    public static String of(TopicPartition partition) {
        return partition.topic() + "/" + partition.partition();
    }

    /** The inverse of {@link #of}. */
    static TopicPartition parse(String name) {
        int slash = name.lastIndexOf('/');
        return new TopicPartition(name.substring(0, slash), Integer.parseInt(name.substring(slash + 1)));
    }
}
