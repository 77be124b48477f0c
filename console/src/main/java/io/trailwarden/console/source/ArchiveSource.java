package io.trailwarden.console.source;

import io.trailwarden.event.Finding;
import io.trailwarden.event.text.Secrets;
import io.trailwarden.storage.Archive;
import io.trailwarden.storage.Ledger;
import io.trailwarden.storage.findings.FindingQuery;
import io.trailwarden.storage.sql.QueryColumn;
import io.trailwarden.storage.sql.QueryFailedException;
import io.trailwarden.storage.sql.QuerySummary;
import io.trailwarden.storage.sql.RowConsumer;
import io.trailwarden.storage.sql.RunningQuery;
import io.trailwarden.storage.sql.SqlSettings;
import io.trailwarden.storage.sql.SqlWorkers;
import java.io.IOException;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * The tables, asked through the ledger and the SQL workers. Thread-safe.
 *
 * <p>Event ids are words of strangers. They reach the engine as quoted texts only, in a process that could do no harm if
 * one of them broke out.
 */
public final class ArchiveSource implements Records, LedgerView, Queries, StoredFindings {

    private static final List<String> VIEWS = List.of(
            "cloudtrail",
            "executions",
            "findings",
            "finding_revisions",
            "dead_letters",
            "duplicates",
            "receipts",
            "ledger");

    /** What a query may be long is limited, and event ids have no limit. */
    private static final int IDS_LENGTH = 30_000;

    private static final Instant EARLIEST = Instant.parse("0001-01-01T00:00:00Z");
    private static final Instant LATEST = Instant.parse("9999-12-31T23:59:59Z");

    private final Archive archive;
    private final SqlWorkers own;
    private final SqlWorkers workers;
    private final SqlSettings settings;
    private final Clock clock;
    private final Ledger ledger;
    private final Map<String, RunningQuery> running = new ConcurrentHashMap<>();
    private volatile @Nullable List<Table> tables;

    /**
     * Asks this archive.
     *
     * @param own workers for the console's own short questions, so that analysts' long ones do not keep people from
     *     evidence
     * @param workers for analysts' queries
     * @param settings the limits of analysts' queries
     */
    public ArchiveSource(Archive archive, SqlWorkers own, SqlWorkers workers, SqlSettings settings, Clock clock) {
        this.archive = archive;
        this.own = own;
        this.workers = workers;
        this.settings = settings;
        this.clock = clock;
        this.ledger = archive.ledger();
    }

    private static final class Rows implements RowConsumer {
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
    }

    @Override
    public List<StoredRecord> find(List<String> eventIds, Instant from, Instant to) throws SourceException {
        List<StoredRecord> records = new ArrayList<>();
        List<String> literals = new ArrayList<>();
        int length = 0;
        for (String id : eventIds) {
            String literal = literal(id);
            // No stored id is like that, and the engine takes neither.
            if (id.indexOf('\0') >= 0 || literal.length() > IDS_LENGTH) {
                continue;
            }
            if (length + literal.length() > IDS_LENGTH) {
                records.addAll(find(String.join(",", literals), from, to));
                literals.clear();
                length = 0;
            }
            literals.add(literal);
            length += literal.length();
        }
        if (!literals.isEmpty()) {
            records.addAll(find(String.join(",", literals), from, to));
        }
        records.sort(Comparator.comparing(StoredRecord::eventTime).thenComparing(StoredRecord::eventId));
        return records;
    }

    private List<StoredRecord> find(String ids, Instant from, Instant to) throws SourceException {
        String where =
                " WHERE event_id IN (" + ids + ") AND event_time BETWEEN " + literal(from) + " AND " + literal(to);
        String columns = "event_id, event_time, source, object, object_offset, coalesce(hex(raw), hex(raw_bytes))";
        Rows rows = ask("SELECT 'cloudtrail', " + columns + " FROM cloudtrail" + where
                + " UNION ALL SELECT 'executions', " + columns + " FROM executions" + where);
        List<StoredRecord> records = new ArrayList<>();
        for (List<@Nullable Object> row : rows.rows) {
            records.add(new StoredRecord(
                    text(row.get(1)),
                    text(row.get(0)),
                    Instant.parse(text(row.get(2))),
                    text(row.get(3)),
                    text(row.get(4)),
                    number(row.get(5)),
                    bytes(row.get(6))));
        }
        return records;
    }

    @Override
    public Report read() throws SourceException {
        try {
            List<Entry> entries = ledger.read().stream()
                    .map(line -> new Entry(
                            line.source(), line.received(), line.stored(), line.duplicate(), line.deadLettered()))
                    .toList();
            List<DeadReason> reasons = new ArrayList<>();
            ledger.deadLettersByReason().forEach((reason, count) -> reasons.add(new DeadReason(reason, count)));
            reasons.sort(Comparator.comparingLong(DeadReason::count).reversed().thenComparing(DeadReason::reason));
            return new Report(clock.instant(), entries, reasons);
        } catch (IOException | RuntimeException e) {
            // Iceberg's catalogs throw unchecked exceptions of many families; all of them mean: not now.
            throw new SourceException("the ledger cannot be read: " + e.getMessage(), e);
        }
    }

    @Override
    public List<Dead> dead(String reason, int limit) throws SourceException {
        Rows rows = ask("SELECT reason, message, place, source, object, object_offset, ingested_at,"
                + " coalesce(hex(payload), hex(payload_bytes)), payload_length FROM dead_letters WHERE reason = "
                + literal(reason)
                + " ORDER BY ingested_at DESC LIMIT " + limit);
        List<Dead> dead = new ArrayList<>();
        for (List<@Nullable Object> row : rows.rows) {
            dead.add(new Dead(
                    text(row.get(0)),
                    text(row.get(1)),
                    text(row.get(2)),
                    text(row.get(3)),
                    text(row.get(4)),
                    number(row.get(5)),
                    Instant.parse(text(row.get(6))),
                    bytes(row.get(7)),
                    number(row.get(8))));
        }
        return dead;
    }

    @Override
    public Result run(String id, String sql, int maxRows) throws SourceException {
        Rows rows = new Rows();
        RunningQuery query = workers.start(
                sql, settings.withResult(maxRows, settings.result().bytes()), rows);
        if (running.putIfAbsent(id, query) != null) {
            query.cancel();
            throw new SourceException("a query with this id is running already");
        }
        try {
            QuerySummary summary = await(query);
            int[] hidden = {0};
            return new Result(
                    rows.columns.stream()
                            .map(column -> new Column(column.name(), column.type()))
                            .toList(),
                    rows.rows.stream()
                            .map(row -> texts(rows.columns, row, hidden))
                            .toList(),
                    hidden[0],
                    summary.truncated(),
                    summary.elapsed().toMillis());
        } finally {
            running.remove(id);
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
        List<Table> known = tables;
        if (known == null) {
            List<Table> found = new ArrayList<>();
            for (String view : VIEWS) {
                Rows rows = ask("SELECT * FROM " + view + " LIMIT 0");
                found.add(new Table(
                        view,
                        rows.columns.stream()
                                .map(column -> new Column(column.name(), column.type()))
                                .toList()));
            }
            known = List.copyOf(found);
            tables = known;
        }
        return known;
    }

    @Override
    public List<Finding> all() throws SourceException {
        try {
            return archive.findings().list(FindingQuery.ALL);
        } catch (IOException | RuntimeException e) {
            throw new SourceException("the stored findings cannot be read: " + e.getMessage(), e);
        }
    }

    private Rows ask(String sql) throws SourceException {
        Rows rows = new Rows();
        await(own.start(sql, settings, rows));
        return rows;
    }

    private static QuerySummary await(RunningQuery query) throws SourceException {
        try {
            return query.await();
        } catch (QueryFailedException e) {
            throw new SourceException(String.valueOf(e.getMessage()), e);
        } catch (InterruptedException e) {
            query.cancel();
            Thread.currentThread().interrupt();
            throw new SourceException("interrupted", e);
        }
    }

    /** A text in SQL: in DuckDB's quotes nothing but the quote itself has a meaning. */
    private static String literal(String text) {
        return "'" + text.replace("'", "''") + "'";
    }

    /** A time in SQL; event times are strangers' words too, and years beyond these cannot be written. */
    private static String literal(Instant time) {
        Instant known = time.isBefore(EARLIEST) ? EARLIEST : time.isAfter(LATEST) ? LATEST : time;
        return "TIMESTAMPTZ '" + known.truncatedTo(ChronoUnit.MILLIS) + "'";
    }

    private static List<@Nullable String> texts(List<QueryColumn> columns, List<@Nullable Object> row, int[] hidden) {
        List<@Nullable String> texts = new ArrayList<>(row.size());
        for (int i = 0; i < row.size(); i++) {
            Object value = row.get(i);
            if (value == null) {
                texts.add(null);
            } else {
                Secrets.MaskedText masked = Secrets.mask(columns.get(i).name(), value.toString());
                hidden[0] += masked.hidden();
                texts.add(masked.text());
            }
        }
        return texts;
    }

    private static String text(@Nullable Object value) {
        return value == null ? "" : value.toString();
    }

    private static long number(@Nullable Object value) {
        return value instanceof Number number ? number.longValue() : 0;
    }

    private static byte[] bytes(@Nullable Object hex) {
        return HexFormat.of().parseHex(text(hex));
    }
}
