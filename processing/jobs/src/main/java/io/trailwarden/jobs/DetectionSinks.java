package io.trailwarden.jobs;

import io.trailwarden.event.DeadLetter;
import io.trailwarden.event.Finding;
import io.trailwarden.event.JobStatus;
import io.trailwarden.event.topic.Topics;
import io.trailwarden.jobs.archive.OffsetCommitter;
import io.trailwarden.storage.catalog.ArchiveConfig;
import org.apache.flink.api.connector.sink2.Sink;

/**
 * Where the job writes.
 *
 * @param findings every revision, at once; at least once
 * @param deadLetters what could not be read; at least once
 * @param status how the parts of the job are doing
 * @param archive the tables
 * @param storedOffsets told how far the tables reach
 */
public record DetectionSinks(
        Sink<Finding> findings,
        Sink<DeadLetter> deadLetters,
        Sink<JobStatus> status,
        ArchiveConfig archive,
        OffsetCommitter storedOffsets) {

    /** The topics of a Kafka cluster, and the tables. */
    public static DetectionSinks ofKafka(KafkaAccess access, ArchiveConfig archive) {
        KafkaEnds ends = new KafkaEnds(access);
        return new DetectionSinks(
                ends.sink(Topics.FINDINGS),
                ends.sink(Topics.DEAD_LETTERS),
                ends.sink(Topics.STATUS),
                archive,
                new KafkaOffsetCommitter(access));
    }
}
