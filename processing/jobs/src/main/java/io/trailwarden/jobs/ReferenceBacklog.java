package io.trailwarden.jobs;

import java.io.Serializable;
import java.util.List;
import java.util.Map;

/**
 * What the reference topic holds when an operator starts. It is read to its end before the first event is looked at, so
 * that no event is judged by half of the organization.
 */
public interface ReferenceBacklog extends Serializable {

    /** Reads the topic to the end that it has now. */
    Content read();

    /**
     * The topic's content.
     *
     * @param feed names the topic's incarnation: another value means that the topic began anew
     * @param records in order of their offsets; of one key the last counts
     * @param next per partition the offset after the last record
     */
    record Content(String feed, List<ReferenceDelivered> records, Map<Integer, Long> next) {}
}
