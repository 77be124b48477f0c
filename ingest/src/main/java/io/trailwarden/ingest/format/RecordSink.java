package io.trailwarden.ingest.format;

import io.trailwarden.event.DeadLetter;

/**
 * Takes what a {@link RecordFinder} finds, in the order of the object. Each call of the first three methods is one
 * record; together they are the object's records 0 to N-1.
 *
 * <p>The arrays belong to the finder and may change after the call returns; who keeps bytes copies them.
 */
public interface RecordSink {

    /**
     * A CloudTrail record.
     *
     * @param key as {@code EventKeys} has it, in UTF-8
     */
    void cloudTrail(byte[] key, byte[] bytes, int from, int to);

    /**
     * A line of a Step Functions execution log.
     *
     * @param key as {@code EventKeys} has it, in UTF-8
     */
    void execution(byte[] key, byte[] bytes, int from, int to);

    /**
     * Something that should be a record and is not readable as one.
     *
     * @param place where in the object
     */
    void rejected(DeadLetter.Reason reason, String message, String place, byte[] bytes, int from, int to);

    /**
     * Something that belongs here and holds no record, such as a connectivity probe. It is not counted as a record.
     *
     * @param what it is, as one of a few texts
     */
    void ignored(String what);
}
