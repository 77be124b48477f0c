package io.trailwarden.app.tables;

import io.trailwarden.console.source.LedgerView;
import io.trailwarden.console.source.SourceException;
import io.trailwarden.storage.Ledger;
import io.trailwarden.storage.sql.QueryFailedException;
import io.trailwarden.storage.sql.SqlWorkers;
import java.io.IOException;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The ledger and the dead letters, from the tables. */
public final class TableLedger implements LedgerView {

    private final Ledger ledger;
    private final SqlWorkers workers;
    private final Clock clock;

    /** Reads this ledger; asks these workers for dead letters. */
    public TableLedger(Ledger ledger, SqlWorkers workers, Clock clock) {
        this.ledger = ledger;
        this.workers = workers;
        this.clock = clock;
    }

    @Override
    public Report read() throws SourceException {
        try {
            List<Entry> entries = new ArrayList<>();
            for (Ledger.Line line : ledger.read()) {
                entries.add(new Entry(
                        line.source(), line.received(), line.stored(), line.duplicate(), line.deadLettered()));
            }
            List<DeadReason> reasons = new ArrayList<>();
            ledger.deadLettersByReason().forEach((reason, count) -> reasons.add(new DeadReason(reason, count)));
            return new Report(clock.instant(), entries, reasons);
        } catch (IOException | RuntimeException e) {
            // Iceberg's catalogs throw unchecked types of many families; all of them mean: not now.
            throw new SourceException("the ledger cannot be read: " + e.getMessage(), e);
        }
    }

    @Override
    public List<Dead> dead(String reason, int limit) throws SourceException {
        String sql = "SELECT reason, message, place, source, object, object_offset, ingested_at, hex(payload),"
                + " payload_length FROM dead_letters WHERE reason = " + TableRecords.quoted(reason)
                + " ORDER BY ingested_at DESC LIMIT " + Math.max(1, Math.min(limit, 1000));
        try {
            List<Dead> dead = new ArrayList<>();
            for (List<@Nullable Object> row : workers.query(sql).rows()) {
                dead.add(new Dead(
                        text(row, 0),
                        text(row, 1),
                        text(row, 2),
                        text(row, 3),
                        text(row, 4),
                        Long.parseLong(text(row, 5)),
                        Instant.parse(text(row, 6)),
                        HexFormat.of().parseHex(text(row, 7)),
                        Long.parseLong(text(row, 8))));
            }
            return dead;
        } catch (QueryFailedException e) {
            throw new SourceException("dead letters cannot be read: " + e.getMessage(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new SourceException("interrupted while reading dead letters", e);
        }
    }

    private static String text(List<@Nullable Object> row, int column) {
        return String.valueOf(row.get(column));
    }
}
