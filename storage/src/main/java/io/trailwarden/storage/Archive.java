package io.trailwarden.storage;

import io.trailwarden.storage.StoredIds.CapListener;
import java.io.Closeable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Driver;
import java.time.Clock;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;
import java.util.TreeMap;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.apache.iceberg.CatalogUtil;
import org.apache.iceberg.DataFile;
import org.apache.iceberg.FileScanTask;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.SnapshotUpdate;
import org.apache.iceberg.Table;
import org.apache.iceberg.UpdateSchema;
import org.apache.iceberg.catalog.Catalog;
import org.apache.iceberg.catalog.Namespace;
import org.apache.iceberg.catalog.SupportsNamespaces;
import org.apache.iceberg.catalog.TableIdentifier;
import org.apache.iceberg.exceptions.AlreadyExistsException;
import org.apache.iceberg.exceptions.CommitFailedException;
import org.apache.iceberg.exceptions.CommitStateUnknownException;
import org.apache.iceberg.exceptions.NoSuchTableException;
import org.apache.iceberg.exceptions.ValidationException;
import org.apache.iceberg.io.CloseableIterable;
import org.apache.iceberg.io.FileIO;
import org.apache.iceberg.io.SeekableInputStream;
import org.apache.iceberg.jdbc.UncheckedSQLException;
import org.apache.iceberg.types.Types;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The tables, opened: write, commit, ask what is stored, maintain, count.
 *
 * <p>Tables are Iceberg tables, append-only but for compaction: no equality or position deletes are ever written, so
 * any engine may read the planned Parquet files as they are. A commit is visible as a whole, is on the disk when the
 * call returns, and happens once however often it is repeated. Several processes may hold the same archive open.
 *
 * <p>Thread-safe, but for what it hands out where that says otherwise.
 */
public final class Archive implements Closeable {

    private static final Logger LOG = LoggerFactory.getLogger(Archive.class);
    private static final int COMMIT_ATTEMPTS = 60;
    private static final int OPEN_ATTEMPTS = 8;

    private final ArchiveConfig config;
    private final Catalog catalog;
    private final Map<String, Table> committing = new HashMap<>();

    private Archive(ArchiveConfig config, Catalog catalog) {
        this.config = config;
        this.catalog = catalog;
    }

    /**
     * Opens the archive; makes tables that are missing, and adds columns that this version writes and an older one did
     * not.
     */
    public static Archive open(ArchiveConfig config) {
        Map<String, String> properties = new HashMap<>(config.catalogProperties());
        String warehouse = properties.getOrDefault("warehouse", "");
        if (warehouse.startsWith("file:")) {
            try {
                Files.createDirectories(LocalFileIO.path(warehouse));
            } catch (IOException e) {
                throw new UncheckedIOException("Cannot create the warehouse " + warehouse, e);
            }
        }
        registerDrivers();
        for (int attempt = 1; ; attempt++) {
            try {
                return open(config, properties);
            } catch (UncheckedSQLException | CommitFailedException e) {
                // Processes that start at the same moment make the catalog's own tables at the same moment.
                if (attempt == OPEN_ATTEMPTS) {
                    throw e;
                }
                LOG.debug("The catalog cannot be opened now (time {})", attempt, e);
                LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(
                        ThreadLocalRandom.current().nextLong(100, 400) * attempt));
            }
        }
    }

    private static Archive open(ArchiveConfig config, Map<String, String> properties) {
        Map<String, String> rest = new HashMap<>(properties);
        Catalog catalog = CatalogUtil.loadCatalog(rest.remove("catalog-impl"), "trailwarden", rest, null);
        Archive archive = new Archive(config, catalog);
        try {
            archive.createMissing();
            return archive;
        } catch (RuntimeException e) {
            try {
                archive.close();
            } catch (IOException suppressed) {
                e.addSuppressed(suppressed);
            }
            throw e;
        }
    }

    /**
     * JDBC looks for drivers once in a process, and gives none to whoever sees the class by another loader. On a
     * TaskManager every attempt of the job has a loader of its own.
     */
    private static void registerDrivers() {
        ServiceLoader.load(Driver.class, Archive.class.getClassLoader()).stream()
                .forEach(ServiceLoader.Provider::get);
    }

    private void createMissing() {
        Namespace namespace = Namespace.of(config.namespace());
        if (catalog instanceof SupportsNamespaces namespaces && !namespaces.namespaceExists(namespace)) {
            try {
                namespaces.createNamespace(namespace);
            } catch (AlreadyExistsException e) {
                LOG.debug("Another process made namespace {}", namespace);
            }
        }
        for (TableLayout<?> layout : Tables.ALL) {
            TableIdentifier id = TableIdentifier.of(namespace, layout.name());
            if (!catalog.tableExists(id)) {
                try {
                    catalog.createTable(id, layout.schema(), layout.spec(), layout.properties());
                } catch (AlreadyExistsException e) {
                    LOG.debug("Another process made table {}", id);
                }
            } else {
                addMissingColumns(catalog.loadTable(id), layout);
            }
        }
    }

    private static void addMissingColumns(Table table, TableLayout<?> layout) {
        UpdateSchema update = null;
        for (Types.NestedField field : layout.schema().columns()) {
            if (table.schema().findField(field.name()) == null) {
                update = update == null ? table.updateSchema() : update;
                // Rows that are there already have no value for it, whatever this version demands of new ones.
                update.addColumn(field.name(), field.type(), field.doc());
            }
        }
        if (update != null) {
            update.commit();
        }
    }

    /** What it was opened with. */
    public ArchiveConfig config() {
        return config;
    }

    /**
     * A writer for one subtask.
     *
     * @param lineage names one run of the job from one restored checkpoint: within it, checkpoint numbers only ascend.
     *     A job that goes back to an older checkpoint than was committed begins a new lineage
     * @param afterCheckpoint the checkpoint that the run was restored from, or 0
     */
    public ArchiveWriter newWriter(String lineage, long afterCheckpoint) {
        return new ArchiveWriter(this, config, lineage, afterCheckpoint);
    }

    /**
     * Makes the files of one checkpoint part of the tables, once: a repeated call, also after a crash between two
     * tables, changes nothing. When it returns, all of it is on the disk.
     *
     * <p>Checkpoints of one lineage are committed in ascending order.
     *
     * @return whether anything was added
     * @throws MissingFilesException when files are gone that no table holds; nothing is committed then
     */
    public boolean commit(String lineage, long checkpoint, List<PendingFiles> pending) {
        Map<String, List<DataFile>> files = new TreeMap<>();
        Map<String, Map<String, Long>> rows = new TreeMap<>();
        for (PendingFiles part : pending) {
            part.files().forEach((table, list) -> files.computeIfAbsent(table, unused -> new ArrayList<>())
                    .addAll(list));
            part.rowsBySource()
                    .forEach((table, counts) ->
                            counts.forEach((source, count) -> rows.computeIfAbsent(table, unused -> new TreeMap<>())
                                    .merge(source, count, Long::sum)));
        }
        boolean added = false;
        for (Map.Entry<String, List<DataFile>> table : files.entrySet()) {
            added |= append(
                    table.getKey(), lineage, checkpoint, table.getValue(), rows.getOrDefault(table.getKey(), Map.of()));
        }
        return added;
    }

    private boolean append(String name, String lineage, long checkpoint, List<DataFile> files, Map<String, Long> rows) {
        Table table = committing(name);
        synchronized (table) {
            boolean[] checked = {false};
            return commit(table, carried -> {
                if (carried.contains(lineage, checkpoint)) {
                    return null;
                }
                if (!checked[0]) {
                    requirePresent(table, lineage, checkpoint, files);
                    checked[0] = true;
                }
                var append = table.newAppend();
                files.forEach(append::appendFile);
                append.set("trailwarden.lineage", lineage);
                append.set("trailwarden.checkpoint", Long.toString(checkpoint));
                carried.commit(lineage, checkpoint);
                carried.add(rows);
                return append;
            });
        }
    }

    private static void requirePresent(Table table, String lineage, long checkpoint, List<DataFile> files) {
        List<String> missing = files.stream()
                .map(DataFile::location)
                .filter(location -> !table.io().newInputFile(location).exists())
                .toList();
        if (!missing.isEmpty()) {
            throw new MissingFilesException("Checkpoint " + checkpoint + " of " + lineage + " wrote " + missing.size()
                    + " files of table " + table.name() + " that are gone, for example " + missing.get(0)
                    + ". Nothing of it is committed; restore an older checkpoint, or delete the checkpoints so that the"
                    + " sources are read again.");
        }
    }

    /** Prepares a commit on top of a snapshot; returns null when there is nothing to do. */
    @FunctionalInterface
    interface Change {
        SnapshotUpdate<?> onTopOf(Carried carried);
    }

    /**
     * Commits with what is carried on recomputed at every attempt. Iceberg's own retry would repeat what was computed
     * on top of a snapshot that is no longer the latest.
     */
    static boolean commit(Table table, Change change) {
        for (int attempt = 0; ; attempt++) {
            table.refresh();
            Snapshot base = table.currentSnapshot();
            Carried carried = Carried.of(base);
            SnapshotUpdate<?> update = change.onTopOf(carried);
            if (update == null) {
                return false;
            }
            carried.writeTo(update);
            // Iceberg refreshes once more before it commits; what is carried must not be put on top of anything else.
            boolean[] overtaken = {false};
            update.validateWith(ancestors -> {
                Iterator<Snapshot> newest = ancestors.iterator();
                overtaken[0] = base == null
                        ? newest.hasNext()
                        : !newest.hasNext() || newest.next().snapshotId() != base.snapshotId();
                return !overtaken[0];
            });
            try {
                update.commit();
                return true;
            } catch (CommitFailedException | CommitStateUnknownException e) {
                // After an unknown state the next attempt sees in the table whether this one succeeded.
                if (attempt == COMMIT_ATTEMPTS) {
                    throw e;
                }
            } catch (ValidationException e) {
                if (!overtaken[0] || attempt == COMMIT_ATTEMPTS) {
                    throw e;
                }
            }
            long millis = Math.min(2000, 5L << Math.min(attempt, 8));
            LockSupport.parkNanos(
                    TimeUnit.MILLISECONDS.toNanos(ThreadLocalRandom.current().nextLong(millis) + 1));
        }
    }

    /**
     * What is stored already, for one subtask.
     *
     * @param lineage the subtask's own run
     * @param detected the lineages that its restored detection state has seen, each up to and including a checkpoint
     * @param memory what it may take
     * @param cap told when that is too little
     */
    public StoredIds storedIds(String lineage, Map<String, Long> detected, IdMemory memory, CapListener cap) {
        return new StoredIds(this, lineage, detected, memory, cap);
    }

    /** The stored records. */
    public StoredRecords records() {
        return new StoredRecords(this);
    }

    /** The stored findings. */
    public FindingTable findings() {
        return new FindingTable(this);
    }

    /** Keeps the tables small; nothing runs until it is started. One process per archive should. */
    public Maintenance maintenance(MaintenanceConfig settings, Clock clock) {
        return new Maintenance(this, settings, clock);
    }

    /** Whether every record that was received has its one outcome. */
    public Ledger ledger() {
        return new Ledger(this);
    }

    /** The tables as they stand now, each from one snapshot. */
    public List<TableFiles> tableFiles() throws IOException {
        List<TableFiles> result = new ArrayList<>();
        for (TableLayout<?> layout : Tables.ALL) {
            Table table = load(layout);
            List<String> locations = new ArrayList<>();
            try (CloseableIterable<FileScanTask> plan = table.newScan().planFiles()) {
                for (FileScanTask task : plan) {
                    if (!task.deletes().isEmpty()) {
                        throw new IllegalStateException("Table " + layout.name()
                                + " has delete files, which Trailwarden never writes: read it with another engine");
                    }
                    locations.add(task.file().location());
                }
            }
            result.add(new TableFiles(
                    layout.name(),
                    TableFiles.columns(table.schema().columns()),
                    List.copyOf(locations),
                    table.schemas().size() > 1));
        }
        return result;
    }

    /**
     * Gives a reader its own name for a data file, which stays readable when maintenance removes the file: a hard link
     * where the reader could not write through it, else a copy.
     *
     * @param readOnly whether the reader is confined so that it cannot write to any file
     * @throws org.apache.iceberg.exceptions.NotFoundException when maintenance was quicker
     */
    public void lend(String location, Path target, boolean readOnly) throws IOException {
        FileIO io = load(Tables.CLOUDTRAIL).io();
        if (io instanceof LocalFileIO) {
            Path file = LocalFileIO.path(location);
            if (readOnly || !Files.isWritable(file)) {
                try {
                    Files.createLink(target, file);
                    return;
                } catch (UnsupportedOperationException | FileSystemException e) {
                    LOG.debug("No hard link to {}, copying it", file, e);
                }
            }
        }
        try (SeekableInputStream in = io.newInputFile(location).newStream()) {
            Files.copy(in, target);
        }
    }

    /** A fresh view of a table for one user. */
    Table load(TableLayout<?> layout) {
        try {
            return catalog.loadTable(TableIdentifier.of(config.namespace(), layout.name()));
        } catch (NoSuchTableException e) {
            throw new IllegalStateException("Table " + layout.name() + " was dropped while in use", e);
        }
    }

    private Table committing(String name) {
        synchronized (committing) {
            return committing.computeIfAbsent(name, unused -> load(Tables.named(name)));
        }
    }

    @Override
    public void close() throws IOException {
        if (catalog instanceof Closeable closeable) {
            closeable.close();
        }
    }

    /** Files of a checkpoint are gone before any table knew them. */
    public static final class MissingFilesException extends IllegalStateException {
        private static final long serialVersionUID = 1L;

        MissingFilesException(String message) {
            super(message);
        }
    }
}
