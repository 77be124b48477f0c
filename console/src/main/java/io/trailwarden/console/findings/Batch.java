package io.trailwarden.console.findings;

import io.trailwarden.event.Finding;
import java.util.List;

/**
 * What one poll of the topic brought: stored in one transaction together with how far it reached.
 *
 * @param positions where to read on, per partition
 */
public record Batch(List<Finding> findings, List<Unreadable> unreadable, List<Position> positions) {

    /**
     * Where to read on in one partition.
     *
     * @param topicId the topic's id in Kafka: a topic made anew has another, and is read from its beginning
     * @param next the offset of the first record not yet stored
     */
    public record Position(String topicId, int partition, long next) {}

    /** A record of the topic that is not a finding: kept with its bytes, never skipped silently. */
    public record Unreadable(String topicId, int partition, long offset, String message, byte[] payload) {}

    /** Findings from elsewhere, for example from the table {@code finding_revisions}. */
    public static Batch of(List<Finding> findings) {
        return new Batch(findings, List.of(), List.of());
    }
}
