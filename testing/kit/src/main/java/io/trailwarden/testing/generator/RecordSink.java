package io.trailwarden.testing.generator;

/**
 * Takes generated records, each distinct one once, roughly in the order of event time.
 *
 * <p>{@code bytes} is used again for the next record: copy what is to be kept.
 */
public interface RecordSink {

    /** What a record is. */
    enum Kind {
        CLOUDTRAIL,
        EXECUTION
    }

    /**
     * Takes one record.
     *
     * @param eventId CloudTrail's {@code eventID}, or the text that identifies an execution event
     * @param eventTime milliseconds since 1970
     * @param bytes the record's JSON from index 0 to {@code length}
     */
    void accept(Kind kind, String account, String region, String eventId, long eventTime, byte[] bytes, int length);
}
