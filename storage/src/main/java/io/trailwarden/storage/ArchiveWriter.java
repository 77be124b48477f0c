package io.trailwarden.storage;

import io.trailwarden.event.AuditEvent;
import io.trailwarden.event.CloudTrailEvent;
import io.trailwarden.event.DeadLetter;
import io.trailwarden.event.ExecutionEvent;
import io.trailwarden.event.Receipt;
import io.trailwarden.storage.catalog.DataFileNames;
import io.trailwarden.storage.catalog.Duplicate;
import io.trailwarden.storage.catalog.PendingFiles;
import io.trailwarden.storage.catalog.TableCatalog;
import io.trailwarden.storage.catalog.TableLayout;
import io.trailwarden.storage.catalog.TableLayouts;
import io.trailwarden.storage.catalog.TableWriter;
import java.io.Closeable;
import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.apache.iceberg.DataFile;
import org.jspecify.annotations.Nullable;

/**
 * Writes records into files that belong to no table yet; {@link Archive#commit} makes them part of the tables. One per
 * subtask, used by one thread.
 *
 * <p>A record is retained until the next {@link #flush} at the latest, so its {@code raw} must not be changed by the
 * caller.
 */
public final class ArchiveWriter implements Closeable {

    private final TableCatalog catalog;
    private final String lineage;
    private final String filePrefix;
    private final Map<String, TableWriter<?>> writers = new HashMap<>();
    private long afterCheckpoint;

    private @Nullable TableWriter<TableLayouts.Stored<CloudTrailEvent>> cloudTrail;
    private @Nullable TableWriter<TableLayouts.Stored<ExecutionEvent>> executions;

    ArchiveWriter(TableCatalog catalog, String lineage, long afterCheckpoint) {
        this.catalog = catalog;
        this.lineage = lineage;
        this.afterCheckpoint = afterCheckpoint;
        this.filePrefix = DataFileNames.prefix(lineage, UUID.randomUUID());
    }

    /** Adds an event to {@code cloudtrail} or {@code executions}. */
    public void write(AuditEvent event) throws IOException {
        if (event instanceof CloudTrailEvent call) {
            if (cloudTrail == null) {
                cloudTrail = writer(TableLayouts.CLOUDTRAIL);
            }
            cloudTrail.write(new TableLayouts.Stored<>(call, lineage, afterCheckpoint));
        } else {
            if (executions == null) {
                executions = writer(TableLayouts.EXECUTIONS);
            }
            executions.write(new TableLayouts.Stored<>((ExecutionEvent) event, lineage, afterCheckpoint));
        }
    }

    /** Adds a delivery to {@code duplicates}. */
    public void write(Duplicate duplicate) throws IOException {
        writer(TableLayouts.DUPLICATES).write(duplicate);
    }

    /** Adds a letter to {@code dead_letters}. */
    public void write(DeadLetter letter) throws IOException {
        writer(TableLayouts.DEAD_LETTERS).write(letter);
    }

    /** Adds a receipt to {@code receipts}. */
    public void write(Receipt receipt) throws IOException {
        writer(TableLayouts.RECEIPTS).write(receipt);
    }

    /**
     * Ends the files: everything written so far is on the disk when this returns. Later records belong to a later
     * checkpoint.
     *
     * @param checkpoint the checkpoint whose barrier this is; higher than every one before
     * @param offsets per topic partition, as the caller names it, the highest offset written so far
     */
    public PendingFiles flush(long checkpoint, Map<String, Long> offsets) throws IOException {
        if (checkpoint <= afterCheckpoint) {
            throw new IllegalArgumentException(
                    "checkpoint " + checkpoint + " of " + lineage + " (expected: above " + afterCheckpoint + ")");
        }
        Map<String, List<DataFile>> files = new HashMap<>();
        Map<String, Map<String, Long>> rows = new HashMap<>();
        for (Map.Entry<String, TableWriter<?>> writer : writers.entrySet()) {
            List<DataFile> written = writer.getValue().flush();
            if (!written.isEmpty()) {
                files.put(writer.getKey(), written);
                rows.put(writer.getKey(), writer.getValue().takeRows());
            }
        }
        afterCheckpoint = checkpoint;
        writers.values().forEach(writer -> writer.label(DataFileNames.label(checkpoint)));
        return new PendingFiles(offsets, files, rows);
    }

    /** Drops what was not flushed. */
    @Override
    public void close() throws IOException {
        for (TableWriter<?> writer : writers.values()) {
            writer.close();
        }
    }

    @SuppressWarnings("unchecked")
    private <T> TableWriter<T> writer(TableLayout<T> layout) {
        return (TableWriter<T>) writers.computeIfAbsent(layout.name(), unused -> {
            TableWriter<T> writer = new TableWriter<>(layout, catalog.load(layout), catalog.config(), filePrefix);
            writer.label(DataFileNames.label(afterCheckpoint));
            return writer;
        });
    }
}
