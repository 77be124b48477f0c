package io.trailwarden.event.topic;

import io.trailwarden.event.DeadLetter;
import io.trailwarden.event.Finding;
import io.trailwarden.event.JobStatus;
import io.trailwarden.event.Receipt;
import io.trailwarden.event.ReferenceEntry;
import io.trailwarden.event.codec.EventKeys;
import io.trailwarden.event.codec.RecordCodec;
import io.trailwarden.event.custody.CustodyObservation;
import io.trailwarden.event.topic.Topic.Kept;
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
    public static final Topic<AuditRecord> CLOUDTRAIL = new Topic<>("audit.cloudtrail", Kept.SPAN, new AuditMessages());

    /** Step Functions execution events. Key: execution ARN, redrive count, id and type. Value: the line's bytes. */
    public static final Topic<AuditRecord> EXECUTIONS = new Topic<>("audit.executions", Kept.SPAN, new AuditMessages());

    /** Reference data. Key: kind and key. Value: {@code ReferenceEntry} as JSON, or a tombstone. */
    public static final Topic<ReferenceEntry> REFERENCE = JsonMessages.reference("audit.reference");

    /** What was read, object by object. Key: source, object and hash. Value: {@code Receipt} as JSON. */
    public static final Topic<Receipt> RECEIPTS =
            JsonMessages.topic("audit.receipts", Kept.LATEST, EventKeys::of, RecordCodec.RECEIPT);

    /** What was seen of digests and objects. Key: kind, place and window. Value: {@code CustodyObservation} as JSON. */
    public static final Topic<CustodyObservation> CUSTODY =
            JsonMessages.topic("audit.custody", Kept.LATEST, EventKeys::of, RecordCodec.CUSTODY);

    /** Findings. Key: finding id. Value: {@code Finding} as JSON. */
    public static final Topic<Finding> FINDINGS =
            JsonMessages.topic("findings", Kept.SPAN, EventKeys::of, RecordCodec.FINDING);

    /** Records that could not be read. Key: object hash and offset. Value: {@code DeadLetter} as JSON. */
    public static final Topic<DeadLetter> DEAD_LETTERS =
            JsonMessages.topic("dead-letters", Kept.SPAN, EventKeys::of, RecordCodec.DEAD_LETTER);

    /** How the parts of the jobs are doing. Key: part and subtask. Value: {@code JobStatus} as JSON. */
    public static final Topic<JobStatus> STATUS =
            JsonMessages.topic("job-status", Kept.LATEST, EventKeys::of, RecordCodec.JOB_STATUS);

    /** All of them, for whoever creates topics. */
    public static final List<Topic<?>> ALL =
            List.of(CLOUDTRAIL, EXECUTIONS, REFERENCE, RECEIPTS, CUSTODY, FINDINGS, DEAD_LETTERS, STATUS);

    /**
     * The consumer group whose committed offsets mean "stored": the archive commits them after its tables are durable,
     * and an ingester advances its position only behind them.
     */
    public static final String STORED_GROUP = "trailwarden-stored";

    private Topics() {}
}
