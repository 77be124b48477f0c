package io.trailwarden.storage.sql;

import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Takes a result as it comes. */
public interface RowConsumer {

    /** Called once, before the rows. */
    void columns(List<QueryColumn> columns) throws IOException;

    /**
     * One row: {@code null}, {@link Boolean}, {@link Long}, {@link java.math.BigInteger}, {@link Double}, {@link
     * java.math.BigDecimal}, {@link String} (times in ISO 8601, bytes in hex) or {@link NestedValue} each.
     */
    void row(List<@Nullable Object> values) throws IOException;
}
