package io.trailwarden.app.tables;

import io.trailwarden.console.source.Queries;
import io.trailwarden.console.source.SourceException;
import io.trailwarden.storage.sql.QueryColumn;
import io.trailwarden.storage.sql.QueryFailedException;
import io.trailwarden.storage.sql.QuerySummary;
import io.trailwarden.storage.sql.RowConsumer;
import io.trailwarden.storage.sql.RunningQuery;
import io.trailwarden.storage.sql.SqlSettings;
import io.trailwarden.storage.sql.SqlWorkers;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** Analysts' SQL from the console, in the confined workers. */
public final class TableQueries implements Queries {

    private static final int MAX_COLUMNS = 5_000;

    private final SqlWorkers workers;
    private final SqlSettings settings;
    private final Map<String, RunningQuery> running = new ConcurrentHashMap<>();

    /** Runs in these workers, within these limits. */
    public TableQueries(SqlWorkers workers, SqlSettings settings) {
        this.workers = workers;
        this.settings = settings;
    }

    @Override
    public Result run(String id, String sql, int maxRows) throws SourceException {
        Texts texts = new Texts();
        RunningQuery query = workers.start(sql, settings.withResult(maxRows, settings.bytes()), texts);
        running.put(id, query);
        try {
            QuerySummary summary = query.await();
            return new Result(
                    texts.columns,
                    texts.rows,
                    summary.truncated() != null,
                    summary.elapsed().toMillis());
        } catch (QueryFailedException e) {
            throw new SourceException(e.getMessage(), e);
        } catch (InterruptedException e) {
            query.cancel();
            Thread.currentThread().interrupt();
            throw new SourceException("interrupted", e);
        } finally {
            running.remove(id, query);
        }
    }

    @Override
    public void cancel(String id) {
        RunningQuery query = running.get(id);
        if (query != null) {
            query.cancel();
        }
    }

    @Override
    public List<Table> tables() throws SourceException {
        Result result = run(
                "tables-" + System.nanoTime(),
                "SELECT table_name, column_name, data_type FROM information_schema.columns"
                        + " WHERE table_schema = 'main' ORDER BY table_name, ordinal_position",
                MAX_COLUMNS);
        Map<String, List<Column>> tables = new LinkedHashMap<>();
        for (List<@Nullable String> row : result.rows()) {
            tables.computeIfAbsent(String.valueOf(row.get(0)), unused -> new ArrayList<>())
                    .add(new Column(String.valueOf(row.get(1)), String.valueOf(row.get(2))));
        }
        return tables.entrySet().stream()
                .map(table -> new Table(table.getKey(), table.getValue()))
                .toList();
    }

    /** Values as text, as they are shown. */
    private static final class Texts implements RowConsumer {
        private final List<List<@Nullable String>> rows = new ArrayList<>();
        private List<Column> columns = List.of();

        @Override
        public void columns(List<QueryColumn> found) {
            columns = found.stream()
                    .map(column -> new Column(column.name(), column.type()))
                    .toList();
        }

        @Override
        public void row(List<@Nullable Object> values) {
            List<@Nullable String> texts = new ArrayList<>(values.size());
            for (Object value : values) {
                texts.add(value == null ? null : value.toString());
            }
            rows.add(texts);
        }
    }
}
