package io.trailwarden.event.topic;

/**
 * Names of the Kafka headers on {@code audit.cloudtrail} and {@code audit.executions}.
 *
 * <p>{@link #OBJECT} repeats for every record of an object, byte for byte, so readers may cache what it decodes to.
 */
public final class AuditHeaders {

    /** The origin without its offset, as JSON: {@code {"source","object","sha256","ingestedAt"}}. */
    public static final String OBJECT = "object";

    /** The record's position in the object: a big-endian long. */
    public static final String OFFSET = "offset";

    /**
     * Present when the ingester already knows that the value is unreadable: {@code {"reason","message","place","length"}}
     * as JSON. The value then holds the payload of the dead letter.
     */
    public static final String REJECTED = "rejected";

    private AuditHeaders() {}
}
