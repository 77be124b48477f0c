package io.trailwarden.app.tables;

import io.trailwarden.console.source.Records;
import io.trailwarden.console.source.SourceException;
import io.trailwarden.console.source.StoredRecord;
import io.trailwarden.storage.sql.QueryFailedException;
import io.trailwarden.storage.sql.SqlWorkers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Evidence from the tables, by the same confined SQL that analysts use. */
public final class TableRecords implements Records {

    private static final int MAX_IDS = 200;

    private final SqlWorkers workers;

    /** Asks these workers. */
    public TableRecords(SqlWorkers workers) {
        this.workers = workers;
    }

    @Override
    public List<StoredRecord> find(List<String> eventIds, Instant from, Instant to) throws SourceException {
        if (eventIds.isEmpty()) {
            return List.of();
        }
        String ids = eventIds.stream().limit(MAX_IDS).map(TableRecords::quoted).collect(Collectors.joining(", "));
        // A day around, because the evidence's own times may be rounded.
        String span =
                " BETWEEN TIMESTAMPTZ " + quoted(from.minus(Duration.ofDays(1)).toString()) + " AND TIMESTAMPTZ "
                        + quoted(to.plus(Duration.ofDays(1)).toString());
        String sql = "SELECT * FROM (" + select("cloudtrail", ids, span) + " UNION ALL "
                + select("executions", ids, span) + ") ORDER BY event_time, event_id";
        try {
            List<StoredRecord> records = new ArrayList<>();
            for (List<@Nullable Object> row : workers.query(sql).rows()) {
                records.add(new StoredRecord(
                        text(row, 0),
                        text(row, 1),
                        Instant.parse(text(row, 2)),
                        text(row, 3),
                        text(row, 4),
                        Long.parseLong(text(row, 5)),
                        HexFormat.of().parseHex(text(row, 6))));
            }
            return records;
        } catch (QueryFailedException e) {
            throw new SourceException("evidence cannot be read: " + e.getMessage(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new SourceException("interrupted while reading evidence", e);
        }
    }

    private static String select(String table, String ids, String span) {
        return "SELECT event_id, '" + table + "' AS kind, event_time, source, object, object_offset,"
                + " coalesce(hex(raw), hex(raw_bytes)) AS raw FROM " + table + " WHERE event_time" + span
                + " AND event_id IN (" + ids + ")";
    }

    private static String text(List<@Nullable Object> row, int column) {
        return String.valueOf(row.get(column));
    }

    /** A literal: in it, only the quote itself means anything. */
    static String quoted(String text) {
        // DuckDB ends a statement's text at NUL.
        String whole = new String(text.getBytes(StandardCharsets.UTF_8), StandardCharsets.UTF_8).replace("\0", "");
        return "'" + whole.replace("'", "''") + "'";
    }
}
