package io.trailwarden.ingest.format;

import io.trailwarden.event.DeadLetter.Reason;
import io.trailwarden.event.json.JsonLimits;
import io.trailwarden.ingest.format.Recovery.Broken;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * Reads tables (RFC 4180; comma, semicolon or tab) that queries of Lake, Logs Insights and Athena write: the records are
 * whole in one column. A table that has only columns of a record, such as that of Event history, is refused as one.
 */
final class CsvTable {

    private static final Set<String> RECORD_COLUMNS =
            Set.of("@message", "message", "eventjson", "cloudtrailevent", "_raw", "raw", "record");

    private static final Set<String> PARTS = Set.of(
            "eventid",
            "eventtime",
            "eventname",
            "eventsource",
            "eventversion",
            "useridentity",
            "username",
            "awsregion",
            "sourceipaddress",
            "requestid",
            "accesskey",
            "@timestamp",
            "@logstream");

    /** A record may be twice its size where each of its quotes is two. */
    private static final int MAX_ROW = 2 * JsonLimits.RECORD.maxBytes();

    private final RecordFinder finder;
    private final Report report;
    private final Recovery recovery;

    CsvTable(RecordFinder finder, Report report, Recovery recovery) {
        this.finder = finder;
        this.report = report;
        this.recovery = recovery;
    }

    /** Whether the text that starts here is such a table, by the names of its columns. */
    boolean isTable(byte[] b, int p, int to) {
        List<String> columns = columns(b, p, to);
        boolean record = columns.stream().anyMatch(RECORD_COLUMNS::contains);
        long parts = columns.stream().filter(PARTS::contains).count();
        return parts >= 2 || record && (parts > 0 || columns.size() == 1 && Bytes.contains(b, p, to, "{\"\""));
    }

    /** Reads the table to the end of the text. What would be added to it cannot be read without its first line. */
    void read(byte[] b, int p, int to) {
        if (report.isOutermost(b)) {
            finder.reopen(p);
        }
        byte separator = separator(b, p, to);
        boolean hasRecords = columns(b, p, to).stream().anyMatch(RECORD_COLUMNS::contains);
        int rows = 0;
        boolean manyLines = true;
        int row = Bytes.space(b, Bytes.indexOf(b, '\n', p, to), to);
        while (row < to) {
            Row cells = new Row(b, row, rowLimit(b, row, to, manyLines), separator);
            if (manyLines && hasRecords && Bytes.indexOf(b, '\n', row, cells.end) < cells.end && !holdsRecord(cells)) {
                // Perhaps a quote is missing: from here on a row is a line, so that it costs no other.
                manyLines = false;
                cells = new Row(b, row, rowLimit(b, row, to, false), separator);
            }
            if (hasRecords) {
                record(cells, b, row);
            }
            rows++;
            row = Bytes.space(b, cells.end, to);
        }
        if (!hasRecords) {
            String why = "a table of " + rows
                    + " rows that holds no whole record, only some columns of each, as CloudTrail's"
                    + " Event history has it as CSV (expected: records as JSON, as its JSON and LookupEvents have them)";
            report.reject(new Broken(Reason.UNRECOGNISED, p, why), b, p, Bytes.trimEnd(b, p, to));
        }
    }

    private boolean holdsRecord(Row row) {
        return row.cells.stream()
                .anyMatch(cell -> recovery.startsRecord(cell, Bytes.gap(cell, 0, cell.length), cell.length));
    }

    private static int rowLimit(byte[] b, int row, int to, boolean manyLines) {
        int most = (int) Math.min(to, (long) row + MAX_ROW);
        return manyLines ? most : Bytes.indexOf(b, '\n', row, most);
    }

    private void record(Row row, byte[] b, int start) {
        for (byte[] cell : row.cells) {
            if (Bytes.startsLikeJson(cell, 0, cell.length)
                    && Bytes.startsObject(cell, Bytes.gap(cell, 0, cell.length), cell.length)) {
                finder.nested(cell, "a column", b, start, row.end);
                return;
            }
        }
        String probe = row.cells.stream()
                .map(cell -> Probes.nameOf(new String(cell, StandardCharsets.UTF_8)))
                .filter(java.util.Objects::nonNull)
                .findFirst()
                .orElse(null);
        if (probe == null) {
            String why = "a row of a table without a record in it (expected: one as JSON in a column)";
            report.reject(new Broken(Reason.UNRECOGNISED, start, why), b, start, Bytes.trimEnd(b, start, row.end));
        } else {
            report.ignored(probe);
        }
    }

    private static List<String> columns(byte[] b, int p, int to) {
        int end = Bytes.indexOf(b, '\n', p, Math.min(to, p + 4096));
        if (Bytes.indexOf(b, '{', p, end) < end) {
            return List.of();
        }
        List<String> names = new ArrayList<>();
        for (byte[] cell : new Row(b, p, end, separator(b, p, to)).cells) {
            String name = new String(cell, StandardCharsets.UTF_8).toLowerCase(Locale.ROOT);
            names.add(name.replaceAll("[\\s-]+|(?<=.)_", ""));
        }
        return names;
    }

    private static byte separator(byte[] b, int p, int to) {
        int end = Bytes.indexOf(b, '\n', p, to);
        for (char candidate : new char[] {',', '\t', ';'}) {
            if (Bytes.indexOf(b, candidate, p, end) < end) {
                return (byte) candidate;
            }
        }
        return ',';
    }

    /** One row: its cells as they are without quotes, and the index after it. */
    private static final class Row {

        final List<byte[]> cells = new ArrayList<>();
        final int end;

        Row(byte[] b, int from, int to, byte separator) {
            ByteArrayOutputStream cell = new ByteArrayOutputStream();
            boolean quoted = false;
            int p = from;
            for (; p < to && (quoted || b[p] != '\n'); p++) {
                byte c = b[p];
                if (c == '"' && quoted && p + 1 < to && b[p + 1] == '"') {
                    cell.write('"');
                    p++;
                } else if (c == '"' && (quoted || cell.size() == 0)) {
                    quoted = !quoted;
                } else if (c == separator && !quoted) {
                    cells.add(cell.toByteArray());
                    cell.reset();
                } else if (c != '\r' || quoted) {
                    cell.write(c);
                }
            }
            cells.add(cell.toByteArray());
            end = p;
        }
    }
}
