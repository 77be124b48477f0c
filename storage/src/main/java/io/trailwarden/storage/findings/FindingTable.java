package io.trailwarden.storage.findings;

import io.trailwarden.event.Claim;
import io.trailwarden.event.Finding;
import io.trailwarden.event.Severity;
import io.trailwarden.storage.catalog.Names;
import io.trailwarden.storage.catalog.TableCatalog;
import io.trailwarden.storage.catalog.TableLayouts;
import io.trailwarden.storage.catalog.TableWriter;
import io.trailwarden.storage.files.ParquetFiles;
import io.trailwarden.storage.ids.IdSet;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.Consumer;
import org.apache.iceberg.DataFile;
import org.apache.iceberg.DataOperations;
import org.apache.iceberg.FileScanTask;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.Table;
import org.apache.iceberg.data.Record;
import org.apache.iceberg.data.parquet.GenericParquetReaders;
import org.apache.iceberg.exceptions.NotFoundException;
import org.apache.iceberg.io.CloseableIterable;
import org.apache.iceberg.io.FileIO;
import org.apache.iceberg.parquet.Parquet;
import org.apache.parquet.column.ColumnReader;

/**
 * The stored findings: every revision in the table {@code finding_revisions}; of each id, the highest stands.
 *
 * <p>Thread-safe.
 */
public final class FindingTable {

    private static final int ATTEMPTS = 5;

    private final TableCatalog catalog;
    private final Table table;
    private final Revisions known = new Revisions();
    private long knownSnapshot = -1;

    public FindingTable(TableCatalog catalog) {
        this.catalog = catalog;
        this.table = catalog.load(TableLayouts.FINDING_REVISIONS);
    }

    /**
     * Stores revisions; what is stored already, or older than what is, is left out. When this returns, they are on the
     * disk.
     *
     * @return how many were stored
     */
    public synchronized int append(List<Finding> findings) throws IOException {
        learn();
        Map<String, Long> newest = new HashMap<>();
        List<Finding> wanted = new ArrayList<>();
        for (Finding finding : findings) {
            if (finding.revision() > newest.getOrDefault(finding.id(), known.highest(finding.id()))) {
                newest.put(finding.id(), finding.revision());
                wanted.add(finding);
            }
        }
        if (wanted.isEmpty()) {
            return 0;
        }
        List<DataFile> files;
        try (TableWriter<Finding> writer = new TableWriter<>(
                TableLayouts.FINDING_REVISIONS, table, catalog.config(), "findings-" + UUID.randomUUID())) {
            for (Finding finding : wanted) {
                writer.write(finding);
            }
            files = writer.flush();
        }
        boolean[] tried = {false};
        TableCatalog.commit(table, carried -> {
            if (tried[0] && holds(files.get(0))) {
                return null;
            }
            tried[0] = true;
            var append = table.newAppend();
            files.forEach(append::appendFile);
            carried.add(Map.of("", (long) wanted.size()));
            return append;
        });
        newest.forEach(known::raise);
        knownSnapshot = table.currentSnapshot().snapshotId();
        return wanted.size();
    }

    /** Findings that match, the one with the latest evidence first. */
    public List<Finding> list(FindingQuery filter) throws IOException {
        List<Finding> found = new ArrayList<>();
        latest(finding -> {
            if (filter.matches(finding)) {
                found.add(finding);
            }
        });
        found.sort(Comparator.comparing((Finding finding) -> finding.evidence().last())
                .reversed()
                .thenComparing(Finding::id));
        return filter.limit() > 0 && found.size() > filter.limit()
                ? List.copyOf(found.subList(0, filter.limit()))
                : found;
    }

    /** The highest revision of one finding. */
    public Optional<Finding> find(String id) throws IOException {
        List<Finding> found = new ArrayList<>(1);
        latest(finding -> {
            if (finding.id().equals(id)) {
                found.add(finding);
            }
        });
        return found.stream().findFirst();
    }

    /** Reads twice: first which revision of each id is the highest, then those. Findings need not fit into memory. */
    private void latest(Consumer<Finding> consumer) throws IOException {
        Table view = catalog.load(TableLayouts.FINDING_REVISIONS);
        for (int attempt = 0; ; attempt++) {
            List<Finding> found = new ArrayList<>();
            try {
                List<String> files = locations(view);
                Revisions highest = new Revisions();
                for (String file : files) {
                    highest.read(view.io(), file);
                }
                Set<String> given = new HashSet<>();
                for (String file : files) {
                    for (Finding finding : read(view, file)) {
                        if (finding.revision() == highest.highest(finding.id()) && given.add(finding.id())) {
                            found.add(finding);
                        }
                    }
                }
            } catch (NotFoundException e) {
                // Compacted and expired while reading; the newer snapshot has the same findings.
                if (attempt == ATTEMPTS) {
                    throw e;
                }
                view.refresh();
                continue;
            }
            found.forEach(consumer);
            return;
        }
    }

    private void learn() throws IOException {
        for (int attempt = 0; ; attempt++) {
            table.refresh();
            Snapshot current = table.currentSnapshot();
            if (current == null || current.snapshotId() == knownSnapshot) {
                return;
            }
            boolean onlyCompacted =
                    knownSnapshot == valueOf(current.parentId()) && DataOperations.REPLACE.equals(current.operation());
            if (!onlyCompacted) {
                try {
                    for (String file : locations(table)) {
                        known.read(table.io(), file);
                    }
                } catch (NotFoundException e) {
                    if (attempt == ATTEMPTS) {
                        throw e;
                    }
                    continue;
                }
            }
            knownSnapshot = current.snapshotId();
            return;
        }
    }

    private static long valueOf(@org.jspecify.annotations.Nullable Long id) {
        return id == null ? -1 : id;
    }

    private boolean holds(DataFile file) {
        try {
            return locations(table).contains(file.location());
        } catch (IOException e) {
            throw new java.io.UncheckedIOException("Cannot plan finding_revisions", e);
        }
    }

    private static List<String> locations(Table table) throws IOException {
        List<String> locations = new ArrayList<>();
        try (CloseableIterable<FileScanTask> plan = table.newScan().planFiles()) {
            plan.forEach(task -> locations.add(task.file().location()));
        }
        return locations;
    }

    /** All revisions in one file. */
    public static List<Finding> read(Table table, String location) throws IOException {
        List<Finding> findings = new ArrayList<>();
        try (CloseableIterable<Record> records = Parquet.read(table.io().newInputFile(location))
                .project(table.schema())
                .createReaderFunc(schema -> GenericParquetReaders.buildReader(table.schema(), schema))
                .build()) {
            records.forEach(row -> findings.add(finding(row)));
        }
        return findings;
    }

    @SuppressWarnings("unchecked")
    private static Finding finding(Record row) {
        return new Finding(
                new Claim(
                        text(row, "id"),
                        new Claim.Detection(
                                text(row, "detection"),
                                Names.constant(Severity.class, text(row, "severity")),
                                text(row, "author"),
                                (List<String>) row.getField("techniques")),
                        new Claim.Subject(
                                text(row, "subject"),
                                (String) row.getField("account"),
                                (String) row.getField("region"),
                                (String) row.getField("principal")),
                        new Claim.Evidence(
                                time(row, "first_time"),
                                time(row, "last_time"),
                                (List<String>) row.getField("event_ids"),
                                (long) row.getField("event_count")),
                        new Claim.Words(
                                text(row, "title"),
                                text(row, "description"),
                                (Map<String, String>) row.getField("facts"),
                                (List<String>) row.getField("next_steps"))),
                (long) row.getField("revision"),
                Names.constant(Finding.State.class, text(row, "state")),
                time(row, "detected_at"),
                (String) row.getField("suppression"));
    }

    private static Instant time(Record row, String column) {
        return ((OffsetDateTime) row.getField(column)).toInstant();
    }

    private static String text(Record row, String column) {
        return (String) row.getField(column);
    }

    /** The highest revision of each id. */
    public static final class Revisions {
        private final IdSet ids = new IdSet();
        private final MessageDigest sha256;

        public Revisions() {
            try {
                sha256 = MessageDigest.getInstance("SHA-256");
            } catch (NoSuchAlgorithmException e) {
                throw new IllegalStateException("Every Java platform has SHA-256", e);
            }
        }

        /** {@link Long#MIN_VALUE} of an id that is not there. */
        public long highest(String id) {
            ByteBuffer key = key(id);
            int at = ids.find(key.getLong(0), key.getLong(8));
            return at < 0 ? Long.MIN_VALUE : ids.note(at) >> 1;
        }

        void raise(String id, long revision) {
            ByteBuffer key = key(id);
            long hi = key.getLong(0);
            long lo = key.getLong(8);
            if (ids.isFull()) {
                ids.grow();
            }
            int at = ids.find(hi, lo);
            // The lowest bit keeps a note from being 0.
            if (at < 0) {
                ids.insert(at, hi, lo, revision << 1 | 1);
            } else if (ids.note(at) >> 1 < revision) {
                ids.note(at, revision << 1 | 1);
            }
        }

        public void read(FileIO io, String location) throws IOException {
            ParquetFiles.read(io, location, List.of("id", "revision"), (rows, columns) -> {
                ColumnReader id = columns.leaf("id");
                ColumnReader revision = columns.leaf("revision");
                for (long row = 0; row < rows; row++) {
                    raise(id.getBinary().toStringUsingUTF8(), revision.getLong());
                    id.consume();
                    revision.consume();
                }
            });
        }

        private ByteBuffer key(String id) {
            return ByteBuffer.wrap(sha256.digest(id.getBytes(StandardCharsets.UTF_8)));
        }
    }
}
