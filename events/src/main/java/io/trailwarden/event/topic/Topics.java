package io.trailwarden.event.topic;

import java.util.List;

/**
 * Every topic: its name, its key, its value, and how it is kept.
 *
 * <p>Audit records travel as their original bytes; where they came from travels in headers (see {@link AuditHeaders}).
 * They are keyed by event id, so that every delivery of one event reaches the same partition and duplicates are known
 * without shuffling records. Our own records travel as JSON.
 */
public final class Topics {

    /** CloudTrail records. Key: event id and recipient account. Value: the record's bytes. */
    public static final Topic CLOUDTRAIL = new Topic("audit.cloudtrail", false);

    /** Step Functions execution events. Key: execution ARN, redrive count, id and type. Value: the line's bytes. */
    public static final Topic EXECUTIONS = new Topic("audit.executions", false);

    /** Reference data. Key: kind and key. Value: {@code ReferenceEntry} as JSON, or a tombstone. */
    public static final Topic REFERENCE = new Topic("audit.reference", true);

    /** What was read, object by object. Key: source, object and hash. Value: {@code Receipt} as JSON. */
    public static final Topic RECEIPTS = new Topic("audit.receipts", true);

    /** Findings. Key: finding id. Value: {@code Finding} as JSON. */
    public static final Topic FINDINGS = new Topic("findings", false);

    /** Records that could not be read. Key: object hash and offset. Value: {@code DeadLetter} as JSON. */
    public static final Topic DEAD_LETTERS = new Topic("dead-letters", false);

    /** How the parts of the jobs are doing. Key: part and subtask. Value: {@code JobStatus} as JSON. */
    public static final Topic STATUS = new Topic("job-status", true);

    /** All of them, for whoever creates topics. */
    public static final List<Topic> ALL =
            List.of(CLOUDTRAIL, EXECUTIONS, REFERENCE, RECEIPTS, FINDINGS, DEAD_LETTERS, STATUS);

    /**
     * The consumer group whose committed offsets mean "stored": the archive commits them after its tables are durable,
     * and an ingester advances its position only behind them.
     */
    public static final String STORED_GROUP = "trailwarden-stored";

    private Topics() {}

    /**
     * A topic.
     *
     * @param name as in Kafka
     * @param compacted whether Kafka keeps the last value of every key instead of a span of time
     */
    public record Topic(String name, boolean compacted) {}
}
