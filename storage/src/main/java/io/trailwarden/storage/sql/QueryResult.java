package io.trailwarden.storage.sql;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A whole result in memory; for values see {@link RowConsumer#row}. */
public record QueryResult(List<QueryColumn> columns, List<List<@Nullable Object>> rows, QuerySummary summary) {

    /** Collects a result. */
    static final class Collector implements RowConsumer {
        private List<QueryColumn> columns = List.of();
        private final List<List<@Nullable Object>> rows = new ArrayList<>();

        @Override
        public void columns(List<QueryColumn> names) {
            columns = names;
        }

        @Override
        public void row(List<@Nullable Object> values) {
            rows.add(values);
        }

        QueryResult result(QuerySummary summary) {
            return new QueryResult(columns, rows, summary);
        }
    }
}
