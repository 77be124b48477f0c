package io.trailwarden.console.source;

import java.time.Instant;
import java.util.List;

/** Finds stored audit records: the evidence behind findings. */
public interface Records {

    /**
     * The records with these event ids, in event time order. Ids that are not stored (yet) are absent from the answer.
     *
     * @param from no earlier than this; narrows which days are read
     * @param to no later than this
     * @throws SourceException if the tables cannot be read
     */
    List<StoredRecord> find(List<String> eventIds, Instant from, Instant to) throws SourceException;
}
