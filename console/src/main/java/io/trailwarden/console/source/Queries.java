package io.trailwarden.console.source;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** Runs analysts' SQL somewhere it can do no harm and can be stopped. */
public interface Queries {

    /**
     * Runs one SELECT; waits for its end.
     *
     * @param id the caller's name for this run, for {@link #cancel}
     * @param maxRows how many rows to return at most
     * @throws SourceException if it was refused, failed, took too long or was cancelled; the message says which
     */
    Result run(String id, String sql, int maxRows) throws SourceException;

    /** Stops that run; does nothing if it has ended. */
    void cancel(String id);

    /**
     * What can be queried.
     *
     * @throws SourceException if the tables cannot be read
     */
    List<Table> tables() throws SourceException;

    /**
     * An answer.
     *
     * @param rows values as text, in the order of the columns
     * @param hidden how many values are hidden because they are secrets
     * @param truncated null when these are all rows, else which limit cut them
     */
    record Result(
            List<Column> columns,
            List<List<@Nullable String>> rows,
            int hidden,
            @Nullable String truncated,
            long millis) {}

    /** A table or view. */
    record Table(String name, List<Column> columns) {}

    /** A column and its SQL type. */
    record Column(String name, String type) {}
}
