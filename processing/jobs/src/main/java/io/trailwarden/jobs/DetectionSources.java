package io.trailwarden.jobs;

import io.trailwarden.jobs.intake.Delivered;
import io.trailwarden.jobs.operator.ReferenceFeed;
import org.apache.flink.api.connector.source.Source;

/**
 * What the job reads.
 *
 * @param feed names this incarnation of the records' source (Kafka's cluster id). It is part of the source's uid: a
 *     job that is restored beside a new, empty Kafka begins at its beginning and keeps all other state
 * @param records audit records, receipts and observations of custody
 * @param reference accounts, expectations, rules and settings
 */
public record DetectionSources(String feed, Source<Delivered, ?, ?> records, ReferenceFeed reference) {

    /**
     * The topics of a Kafka cluster, which must exist.
     *
     * @throws IllegalStateException if Kafka cannot be reached
     */
    public static DetectionSources ofKafka(KafkaAccess access) {
        KafkaEnds ends = new KafkaEnds(access);
        String cluster = ends.clusterId();
        return new DetectionSources(cluster, ends.records(), new KafkaReferenceFeed(access, cluster));
    }
}
