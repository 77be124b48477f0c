package io.trailwarden.storage;

import io.trailwarden.storage.catalog.Carried;
import io.trailwarden.storage.catalog.TableCatalog;
import io.trailwarden.storage.catalog.TableLayout;
import io.trailwarden.storage.catalog.TableLayouts;
import io.trailwarden.storage.files.ParquetFiles;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.apache.iceberg.FileScanTask;
import org.apache.iceberg.Table;
import org.apache.iceberg.exceptions.NotFoundException;
import org.apache.iceberg.io.CloseableIterable;
import org.apache.iceberg.io.FileIO;
import org.apache.parquet.column.ColumnReader;

/**
 * Whether every record that was received has its one outcome: received = stored + duplicate + dead-lettered + in flight,
 * per source.
 *
 * <p>{@link #read} is cheap enough to be asked every second: it reads sums that every commit carries on, and receipts
 * that it has not read yet. {@link #verify} and {@link #mismatches} count the rows themselves.
 *
 * <p>Thread-safe.
 */
public final class Ledger {

    private static final int ATTEMPTS = 5;

    /**
     * One source, or all of them.
     *
     * @param received records of all objects that were read to their end, each object counted once
     * @param stored rows of {@code cloudtrail} and {@code executions}
     */
    public record Line(String source, long received, long stored, long duplicate, long deadLettered) {

        /**
         * Records on their way: no outcome is in the tables yet. Negative while records of an object are stored whose
         * receipt is not.
         */
        public long inFlight() {
            return received - stored - duplicate - deadLettered;
        }

        /** Whether every record that was received has its outcome in the tables, and none has two. */
        public boolean balances() {
            return inFlight() == 0;
        }

        Line plus(Line other) {
            return new Line(
                    source,
                    received + other.received,
                    stored + other.stored,
                    duplicate + other.duplicate,
                    deadLettered + other.deadLettered);
        }
    }

    /** An object whose records do not add up; {@code received} is 0 when its receipt is not in the tables. */
    public record Mismatch(String object, String objectSha256, Line counts) {}

    /**
     * What counting the rows gave.
     *
     * @param carried what {@link Ledger#read} says
     * @param counted the same, from the rows
     */
    public record Verification(List<Line> carried, List<Line> counted) {

        /** Whether both agree. */
        public boolean agrees() {
            return carried.equals(counted);
        }
    }

    private final TableCatalog catalog;
    private final Map<String, Table> tables = new HashMap<>();
    private final Set<String> receiptFiles = new HashSet<>();
    private final Map<ObjectId, Long> receipts = new HashMap<>();

    Ledger(TableCatalog catalog) {
        this.catalog = catalog;
    }

    /** One line per source, in the order of their names. */
    public synchronized List<Line> read() throws IOException {
        readReceipts();
        Map<String, Long> received = new TreeMap<>();
        receipts.forEach((object, records) -> received.merge(object.source, records, Long::sum));
        Map<String, Long> stored = new TreeMap<>(carried(TableLayouts.CLOUDTRAIL));
        carried(TableLayouts.EXECUTIONS).forEach((source, rows) -> stored.merge(source, rows, Long::sum));
        return lines(received, stored, carried(TableLayouts.DUPLICATES), carried(TableLayouts.DEAD_LETTERS));
    }

    /** All lines in one. */
    public static Line total(List<Line> lines) {
        Line total = new Line("total", 0, 0, 0, 0);
        for (Line line : lines) {
            total = total.plus(line);
        }
        return total;
    }

    /** Counts the rows of all tables and compares. */
    public synchronized Verification verify() throws IOException {
        List<Line> carried = read();
        Map<String, Long> received = new TreeMap<>();
        Map<String, Long> stored = new TreeMap<>();
        Map<String, Long> duplicate = new TreeMap<>();
        Map<String, Long> dead = new TreeMap<>();
        objects().forEach((object, counts) -> {
            add(received, object.source, counts.received);
            add(stored, object.source, counts.stored);
            add(duplicate, object.source, counts.duplicate);
            add(dead, object.source, counts.dead);
        });
        return new Verification(carried, lines(received, stored, duplicate, dead));
    }

    /** The objects that do not add up, at most so many; first those that miss most. */
    public synchronized List<Mismatch> mismatches(int limit) throws IOException {
        List<Mismatch> found = new ArrayList<>();
        objects().forEach((object, counts) -> {
            if (counts.received != counts.stored + counts.duplicate + counts.dead) {
                found.add(new Mismatch(
                        object.name,
                        object.sha256,
                        new Line(object.source, counts.received, counts.stored, counts.duplicate, counts.dead)));
            }
        });
        found.sort(Comparator.<Mismatch>comparingLong(
                        miss -> -Math.abs(miss.counts().inFlight()))
                .thenComparing(Mismatch::object));
        return List.copyOf(found.subList(0, Math.min(limit, found.size())));
    }

    /** An object that was read to its end. */
    public record ReceivedObject(String source, String object, String sha256, long records) {}

    /** Every object that was read to its end, by its receipt. */
    public synchronized List<ReceivedObject> receivedObjects() throws IOException {
        readReceipts();
        List<ReceivedObject> objects = new ArrayList<>();
        receipts.forEach((object, records) ->
                objects.add(new ReceivedObject(object.source, object.name, object.sha256, records)));
        objects.sort(Comparator.comparing(ReceivedObject::source)
                .thenComparing(ReceivedObject::object)
                .thenComparing(ReceivedObject::sha256));
        return objects;
    }

    /** How many dead letters there are of each reason, counted. */
    public synchronized Map<String, Long> deadLettersByReason() throws IOException {
        Table table = table(TableLayouts.DEAD_LETTERS);
        Map<String, Long> reasons = new TreeMap<>();
        retry(table, () -> {
            reasons.clear();
            try (CloseableIterable<FileScanTask> plan = table.newScan().planFiles()) {
                for (FileScanTask task : plan) {
                    ParquetFiles.read(table.io(), task.file().location(), List.of("reason"), (rows, columns) -> {
                        ColumnReader reason = columns.leaf("reason");
                        for (long row = 0; row < rows; row++) {
                            reasons.merge(reason.getBinary().toStringUsingUTF8(), 1L, Long::sum);
                            reason.consume();
                        }
                    });
                }
            }
        });
        return reasons;
    }

    private static void add(Map<String, Long> counts, String source, long count) {
        if (count > 0) {
            counts.merge(source, count, Long::sum);
        }
    }

    private static List<Line> lines(
            Map<String, Long> received, Map<String, Long> stored, Map<String, Long> duplicate, Map<String, Long> dead) {
        Set<String> sources = new TreeSet<>(received.keySet());
        sources.addAll(stored.keySet());
        sources.addAll(duplicate.keySet());
        sources.addAll(dead.keySet());
        return sources.stream()
                .map(source -> new Line(
                        source,
                        received.getOrDefault(source, 0L),
                        stored.getOrDefault(source, 0L),
                        duplicate.getOrDefault(source, 0L),
                        dead.getOrDefault(source, 0L)))
                .toList();
    }

    private Map<String, Long> carried(TableLayout<?> layout) {
        Table table = table(layout);
        table.refresh();
        return Carried.of(table.currentSnapshot()).rows();
    }

    private void readReceipts() throws IOException {
        Table table = table(TableLayouts.RECEIPTS);
        retry(table, () -> {
            Set<String> planned = new HashSet<>();
            try (CloseableIterable<FileScanTask> plan = table.newScan().planFiles()) {
                plan.forEach(task -> planned.add(task.file().location()));
            }
            for (String file : planned) {
                if (!receiptFiles.contains(file)) {
                    readReceipts(table.io(), file);
                }
            }
            receiptFiles.clear();
            receiptFiles.addAll(planned);
        });
    }

    private void readReceipts(FileIO io, String location) throws IOException {
        ParquetFiles.read(io, location, List.of("source", "object", "object_sha256", "records"), (rows, columns) -> {
            ColumnReader source = columns.leaf("source");
            ColumnReader name = columns.leaf("object");
            ColumnReader sha = columns.leaf("object_sha256");
            ColumnReader records = columns.leaf("records");
            for (long row = 0; row < rows; row++) {
                receipts.put(
                        new ObjectId(
                                source.getBinary().toStringUsingUTF8(),
                                name.getBinary().toStringUsingUTF8(),
                                sha.getBinary().toStringUsingUTF8()),
                        records.getLong());
                source.consume();
                name.consume();
                sha.consume();
                records.consume();
            }
        });
    }

    private Map<ObjectId, Counts> objects() throws IOException {
        Map<ObjectId, Counts> objects = new HashMap<>();
        readReceipts();
        receipts.forEach(
                (object, records) -> objects.computeIfAbsent(object, unused -> new Counts()).received = records);
        count(TableLayouts.CLOUDTRAIL, objects, counts -> counts.stored++);
        count(TableLayouts.EXECUTIONS, objects, counts -> counts.stored++);
        count(TableLayouts.DUPLICATES, objects, counts -> counts.duplicate++);
        count(TableLayouts.DEAD_LETTERS, objects, counts -> counts.dead++);
        return objects;
    }

    @FunctionalInterface
    private interface Counter {
        void count(Counts counts);
    }

    private void count(TableLayout<?> layout, Map<ObjectId, Counts> objects, Counter counter) throws IOException {
        Table table = table(layout);
        Map<ObjectId, Counts> counted = new HashMap<>();
        retry(table, () -> {
            counted.clear();
            try (CloseableIterable<FileScanTask> plan = table.newScan().planFiles()) {
                for (FileScanTask task : plan) {
                    count(table.io(), task.file().location(), counted, counter);
                }
            }
        });
        counted.forEach((object, counts) ->
                objects.computeIfAbsent(object, unused -> new Counts()).add(counts));
    }

    private static void count(FileIO io, String location, Map<ObjectId, Counts> objects, Counter counter)
            throws IOException {
        ParquetFiles.read(io, location, List.of("source", "object", "object_sha256"), (rows, columns) -> {
            ColumnReader source = columns.leaf("source");
            ColumnReader name = columns.leaf("object");
            ColumnReader sha = columns.leaf("object_sha256");
            ParquetFiles.Texts sources = new ParquetFiles.Texts();
            ParquetFiles.Texts names = new ParquetFiles.Texts();
            ParquetFiles.Texts shas = new ParquetFiles.Texts();
            ObjectId last = new ObjectId("", "", "");
            Counts counts = new Counts();
            for (long row = 0; row < rows; row++) {
                String rowSource = sources.next(source);
                String rowSha = shas.next(sha);
                String rowName = names.next(name);
                if (!last.sha256.equals(rowSha) || !last.name.equals(rowName) || !last.source.equals(rowSource)) {
                    last = new ObjectId(rowSource, rowName, rowSha);
                    counts = objects.computeIfAbsent(last, unused -> new Counts());
                }
                counter.count(counts);
            }
        });
    }

    @FunctionalInterface
    private interface Reading {
        void run() throws IOException;
    }

    /** Files may expire between planning and reading. */
    private static void retry(Table table, Reading reading) throws IOException {
        for (int attempt = 0; ; attempt++) {
            table.refresh();
            try {
                reading.run();
                return;
            } catch (NotFoundException e) {
                if (attempt == ATTEMPTS) {
                    throw e;
                }
            }
        }
    }

    private Table table(TableLayout<?> layout) {
        return tables.computeIfAbsent(layout.name(), unused -> catalog.load(layout));
    }

    /** Two objects of the same bytes are two. */
    private record ObjectId(String source, String name, String sha256) {}

    private static final class Counts {
        long received;
        long stored;
        long duplicate;
        long dead;

        void add(Counts other) {
            received += other.received;
            stored += other.stored;
            duplicate += other.duplicate;
            dead += other.dead;
        }
    }
}
