package io.trailwarden.jobs.operator;

import io.trailwarden.event.ReferenceEntry;
import java.io.Serializable;
import java.util.List;

/**
 * Reference data, read by every subtask for itself: first all that there is, before the first event is looked at, so
 * that no event is judged by half of the organization; then what changes.
 *
 * <p>Not a Flink source: each subtask needs all of it, and a broadcast stream beside the records would cut the intake
 * off from the chain of its source (Flink 2.1 does not trigger checkpoints of a source that is chained to a task with
 * other inputs).
 */
public interface ReferenceFeed extends Serializable {

    /** Begins to read. Belongs to one thread. */
    Reader open();

    /** One subtask's reading. */
    interface Reader extends AutoCloseable {

        /** Names the topic's incarnation: another value means that it began anew. */
        String incarnation();

        /** All entries up to the end that the topic has now, in their order; of one key the last counts. */
        List<ReferenceEntry> backlog();

        /** What came since the last call; does not wait. */
        List<ReferenceEntry> changes();

        /** How many records could not be read, since it was opened. */
        long malformed();

        @Override
        void close();
    }
}
