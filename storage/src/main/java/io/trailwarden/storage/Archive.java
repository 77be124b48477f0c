package io.trailwarden.storage;

import io.trailwarden.storage.catalog.ArchiveConfig;
import io.trailwarden.storage.catalog.PendingFiles;
import io.trailwarden.storage.catalog.TableCatalog;
import io.trailwarden.storage.catalog.TableFiles;
import io.trailwarden.storage.catalog.TableLayouts;
import io.trailwarden.storage.files.LocalFileIO;
import io.trailwarden.storage.findings.FindingTable;
import io.trailwarden.storage.ids.IdMemory;
import io.trailwarden.storage.ids.StoredIds;
import io.trailwarden.storage.ids.StoredIds.CapListener;
import io.trailwarden.storage.maintenance.Maintenance;
import io.trailwarden.storage.maintenance.MaintenanceConfig;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.iceberg.DataFile;
import org.apache.iceberg.Table;
import org.apache.iceberg.io.FileIO;
import org.apache.iceberg.io.SeekableInputStream;
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

    private final TableCatalog tables;
    private final Map<String, Table> committing = new HashMap<>();

    private Archive(TableCatalog tables) {
        this.tables = tables;
    }

    /**
     * Opens the archive; makes tables that are missing, and adds columns that this version writes and an older one did
     * not.
     */
    public static Archive open(ArchiveConfig config) {
        return new Archive(TableCatalog.open(config));
    }

    /**
     * Makes a lost catalog anew from the tables' own files.
     *
     * @return the metadata file that each lost table begins again with
     * @throws IllegalStateException if the tables' files are not on this machine
     */
    public static Map<String, String> register(ArchiveConfig config) throws IOException {
        return TableCatalog.register(config);
    }

    /** What it was opened with. */
    public ArchiveConfig config() {
        return tables.config();
    }

    /**
     * A writer for one subtask.
     *
     * @param lineage names one run of the job from one restored checkpoint: within it, checkpoint numbers only ascend.
     *     A job that goes back to an older checkpoint than was committed begins a new lineage
     * @param afterCheckpoint the checkpoint that the run was restored from, or 0
     */
    public ArchiveWriter newWriter(String lineage, long afterCheckpoint) {
        return new ArchiveWriter(tables, lineage, afterCheckpoint);
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
            return TableCatalog.commit(table, carried -> {
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

    /**
     * What is stored already, for one subtask.
     *
     * @param lineage the subtask's own run
     * @param detected the lineages that its restored detection state has seen, each up to and including a checkpoint
     * @param memory what it may take
     * @param cap told when that is too little
     */
    public StoredIds storedIds(String lineage, Map<String, Long> detected, IdMemory memory, CapListener cap) {
        return new StoredIds(tables, lineage, detected, memory, cap);
    }

    /** The stored records. */
    public StoredRecords records() {
        return new StoredRecords(tables);
    }

    /** The stored findings. */
    public FindingTable findings() {
        return new FindingTable(tables);
    }

    /** Keeps the tables small; nothing runs until it is started. One process per archive should. */
    public Maintenance maintenance(MaintenanceConfig settings, Clock clock) {
        return new Maintenance(tables, settings, clock);
    }

    /** Whether every record that was received has its one outcome. */
    public Ledger ledger() {
        return new Ledger(tables);
    }

    /** The tables as they stand now, each from one snapshot. */
    public List<TableFiles> tableFiles() throws IOException {
        return TableFiles.of(tables);
    }

    /**
     * Gives a reader its own name for a data file, which stays readable when maintenance removes the file: a hard link
     * where the reader could not write through it, else a copy.
     *
     * @param readOnly whether the reader is confined so that it cannot write to any file
     * @throws org.apache.iceberg.exceptions.NotFoundException when maintenance was quicker
     */
    public void lend(String location, Path target, boolean readOnly) throws IOException {
        FileIO io = tables.load(TableLayouts.CLOUDTRAIL).io();
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

    /** The tables behind this face. */
    TableCatalog tables() {
        return tables;
    }

    private Table committing(String name) {
        synchronized (committing) {
            return committing.computeIfAbsent(name, unused -> tables.load(TableLayouts.named(name)));
        }
    }

    @Override
    public void close() throws IOException {
        tables.close();
    }

    /** Files of a checkpoint are gone before any table knew them. */
    public static final class MissingFilesException extends IllegalStateException {
        private static final long serialVersionUID = 1L;

        MissingFilesException(String message) {
            super(message);
        }
    }
}
