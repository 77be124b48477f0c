package io.trailwarden.storage.maintenance;

import io.trailwarden.event.Finding;
import io.trailwarden.storage.catalog.Carried;
import io.trailwarden.storage.catalog.DataFileNames;
import io.trailwarden.storage.catalog.TableCatalog;
import io.trailwarden.storage.catalog.TableLayout;
import io.trailwarden.storage.catalog.TableLayouts;
import io.trailwarden.storage.catalog.TableWriter;
import io.trailwarden.storage.files.ColumnCopy;
import io.trailwarden.storage.files.LocalFileIO;
import io.trailwarden.storage.files.ParquetFiles;
import io.trailwarden.storage.findings.FindingTable;
import java.io.IOException;
import java.time.Clock;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.apache.iceberg.DataFile;
import org.apache.iceberg.DataFiles;
import org.apache.iceberg.FileFormat;
import org.apache.iceberg.FileScanTask;
import org.apache.iceberg.ManifestFile;
import org.apache.iceberg.ManifestFiles;
import org.apache.iceberg.MetricsConfig;
import org.apache.iceberg.PartitionData;
import org.apache.iceberg.ReachableFileUtil;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.StructLike;
import org.apache.iceberg.Table;
import org.apache.iceberg.TableProperties;
import org.apache.iceberg.exceptions.CommitFailedException;
import org.apache.iceberg.exceptions.NotFoundException;
import org.apache.iceberg.exceptions.ValidationException;
import org.apache.iceberg.io.CloseableIterable;
import org.apache.iceberg.io.FileAppender;
import org.apache.iceberg.io.FileInfo;
import org.apache.iceberg.io.OutputFile;
import org.apache.iceberg.io.SupportsPrefixOperations;
import org.apache.iceberg.parquet.Parquet;
import org.apache.parquet.schema.MessageType;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps the tables fast to read: merges small files within a day, drops superseded revisions of findings, expires
 * snapshots, removes files that nothing refers to.
 *
 * <p>May be killed at any moment and may run beside writers and readers, also of other processes: every change is one
 * commit, and a file is removed only when no snapshot knows it and no checkpoint can ask for it. Nothing here writes
 * delete files.
 */
public final class Maintenance implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(Maintenance.class);

    /** Files within a factor of eight are of one size; so a row is copied about twice before its file is large. */
    private static final int SIZE_CLASS_BITS = 3;

    /** The smallest size class ends here: 1 MB. */
    private static final int SMALLEST_CLASS_BITS = 20;

    /** A file of a quarter of the target is read fast enough; to copy it once more costs more than it gives. */
    private static final int LARGE_ENOUGH = 4;

    private final TableCatalog catalog;
    private final MaintenanceConfig config;
    private final Clock clock;
    private final ScheduledExecutorService thread;

    public Maintenance(TableCatalog catalog, MaintenanceConfig config, Clock clock) {
        this.catalog = catalog;
        this.config = config;
        this.clock = clock;
        this.thread = Executors.newSingleThreadScheduledExecutor(task -> {
            Thread worker = new Thread(task, "table-maintenance");
            worker.setDaemon(true);
            worker.setPriority(Thread.MIN_PRIORITY);
            return worker;
        });
    }

    /** Runs rounds in the background until closed. */
    public void start() {
        long pause = config.every().toMillis();
        thread.scheduleWithFixedDelay(this::roundOrLog, pause, pause, TimeUnit.MILLISECONDS);
    }

    private void roundOrLog() {
        try {
            Report report = runOnce();
            if (report.filesMerged() > 0 || report.orphansRemoved() > 0) {
                LOG.info("Tables maintained: {}", report);
            }
        } catch (IOException | RuntimeException | Error e) {
            // Whatever leaves this method ends the schedule. Iceberg ends its threads when the process begins to end,
            // before this is closed.
            if (thread.isShutdown() || e instanceof RejectedExecutionException) {
                LOG.debug("A round of table maintenance was given up", e);
                return;
            }
            LOG.warn("A round of table maintenance failed; the next one tries again", e);
        }
    }

    /**
     * What one round did.
     *
     * @param filesMerged small files that were replaced by {@code filesWritten} larger ones
     */
    public record Report(int filesMerged, int filesWritten, int snapshotsExpired, int orphansRemoved) {
        Report plus(Report other) {
            return new Report(
                    filesMerged + other.filesMerged,
                    filesWritten + other.filesWritten,
                    snapshotsExpired + other.snapshotsExpired,
                    orphansRemoved + other.orphansRemoved);
        }
    }

    /** One round over all tables, on the caller's thread. */
    public synchronized Report runOnce() throws IOException {
        Report report = new Report(0, 0, 0, 0);
        for (TableLayout<?> layout : TableLayouts.ALL) {
            if (Thread.currentThread().isInterrupted()) {
                break;
            }
            Table table = catalog.load(layout);
            if (table.currentSnapshot() == null) {
                continue;
            }
            report = report.plus(compact(layout, table));
            report = report.plus(new Report(0, 0, expire(table), 0));
            report = report.plus(new Report(0, 0, 0, removeOrphans(table)));
        }
        return report;
    }

    private Report compact(TableLayout<?> layout, Table table) throws IOException {
        Map<String, List<DataFile>> groups = new TreeMap<>();
        try (CloseableIterable<FileScanTask> plan = table.newScan().planFiles()) {
            for (FileScanTask task : plan) {
                DataFile file = task.file();
                if (file.fileSizeInBytes() < config.targetBytes() / LARGE_ENOUGH) {
                    groups.computeIfAbsent(
                                    table.spec().partitionToPath(file.partition()) + '/' + sizeClass(file),
                                    unused -> new ArrayList<>())
                            .add(file);
                }
            }
        }
        Report report = new Report(0, 0, 0, 0);
        for (List<DataFile> group : groups.values()) {
            if (group.size() >= config.smallFiles()) {
                for (List<DataFile> batch : batches(group)) {
                    report = report.plus(merge(layout, table, batch));
                }
            }
        }
        return report;
    }

    private static int sizeClass(DataFile file) {
        int bits = 64 - Long.numberOfLeadingZeros(file.fileSizeInBytes());
        return Math.max(0, (bits - SMALLEST_CLASS_BITS + SIZE_CLASS_BITS - 1) / SIZE_CLASS_BITS);
    }

    /** Files that together make one of the target size. */
    private List<List<DataFile>> batches(List<DataFile> group) {
        List<List<DataFile>> batches = new ArrayList<>();
        List<DataFile> batch = new ArrayList<>();
        long bytes = 0;
        for (DataFile file : group) {
            batch.add(file);
            bytes += file.fileSizeInBytes();
            if (bytes >= config.targetBytes()) {
                batches.add(batch);
                batch = new ArrayList<>();
                bytes = 0;
            }
        }
        if (batch.size() > 1) {
            batches.add(batch);
        }
        return batches;
    }

    private Report merge(TableLayout<?> layout, Table table, List<DataFile> files) throws IOException {
        List<DataFile> merged = List.of();
        boolean committed = false;
        try {
            merged = layout == TableLayouts.FINDING_REVISIONS
                    ? rewriteFindings(table, files)
                    : List.of(copy(table, files));
            committed = replace(table, files, merged);
            return committed ? new Report(files.size(), merged.size(), 0, 0) : new Report(0, 0, 0, 0);
        } catch (NotFoundException e) {
            LOG.debug("Files of {} were merged by another process", table.name(), e);
            return new Report(0, 0, 0, 0);
        } finally {
            if (!committed) {
                merged.forEach(file -> table.io().deleteFile(file.location()));
            }
        }
    }

    private boolean replace(Table table, List<DataFile> files, List<DataFile> merged) {
        Set<String> old = new HashSet<>();
        files.forEach(file -> old.add(file.location()));
        long dropped = files.stream().mapToLong(DataFile::recordCount).sum()
                - merged.stream().mapToLong(DataFile::recordCount).sum();
        boolean[] tried = {false};
        try {
            return TableCatalog.commit(table, carried -> {
                        if (tried[0] && holds(table, merged)) {
                            return null;
                        }
                        tried[0] = true;
                        var rewrite = table.newRewrite()
                                .validateFromSnapshot(table.currentSnapshot().snapshotId());
                        files.forEach(rewrite::deleteFile);
                        merged.forEach(rewrite::addFile);
                        rewrite.set("trailwarden.maintenance", "compaction");
                        if (dropped > 0) {
                            carried.add(Map.of("", -dropped));
                        }
                        return rewrite;
                    })
                    || holds(table, merged);
        } catch (ValidationException e) {
            LOG.debug("Files of {} were merged by another process", table.name(), e);
            return false;
        } catch (CommitFailedException e) {
            LOG.debug("Merging files of {} lost against other commits; the next round tries again", table.name(), e);
            return false;
        }
    }

    private static boolean holds(Table table, List<DataFile> files) {
        Set<String> known = new HashSet<>();
        try (CloseableIterable<FileScanTask> plan = table.newScan().planFiles()) {
            plan.forEach(task -> known.add(task.file().location()));
        } catch (IOException e) {
            throw new java.io.UncheckedIOException("Cannot plan " + table.name(), e);
        }
        return files.stream().allMatch(file -> known.contains(file.location()));
    }

    private DataFile copy(Table table, List<DataFile> files) throws IOException {
        StructLike partition = files.get(0).partition();
        OutputFile output = newFile(table, partition);
        ColumnCopy[] copy = new ColumnCopy[1];
        FileAppender<ColumnCopy> appender = Parquet.write(output)
                .forTable(table)
                .set(
                        TableProperties.PARQUET_ROW_GROUP_SIZE_BYTES,
                        Long.toString(catalog.config().rowGroupBytes() * 4))
                .metricsConfig(MetricsConfig.forTable(table))
                .createWriterFunc(schema -> copy[0] = new ColumnCopy(schema))
                .build();
        boolean whole = false;
        try {
            List<String> columns =
                    table.schema().columns().stream().map(field -> field.name()).toList();
            for (DataFile file : files) {
                MessageType schema = ParquetFiles.schema(table.io(), file.location());
                ParquetFiles.read(table.io(), file.location(), columns, (rows, leaves) -> {
                    copy[0].from(schema, leaves);
                    for (long row = 0; row < rows; row++) {
                        appender.add(copy[0]);
                    }
                });
            }
            whole = true;
        } finally {
            appender.close();
            if (!whole) {
                table.io().deleteFile(output.location());
            }
        }
        DataFiles.Builder builder = DataFiles.builder(table.spec())
                .withPath(output.location())
                .withFormat(FileFormat.PARQUET)
                .withFileSizeInBytes(appender.length())
                .withMetrics(appender.metrics())
                .withSplitOffsets(appender.splitOffsets());
        if (table.spec().isPartitioned()) {
            builder.withPartition(partition);
        }
        return builder.build();
    }

    private static OutputFile newFile(Table table, StructLike partition) {
        String name = "merged-" + UUID.randomUUID() + ".parquet";
        if (!table.spec().isPartitioned()) {
            return table.io().newOutputFile(table.locationProvider().newDataLocation(name));
        }
        PartitionData data = new PartitionData(table.spec().partitionType());
        data.set(0, partition.get(0, Integer.class));
        return table.io().newOutputFile(table.locationProvider().newDataLocation(table.spec(), data, name));
    }

    /** Revisions of the files, without those that a higher one anywhere in the table supersedes. */
    private List<DataFile> rewriteFindings(Table table, List<DataFile> files) throws IOException {
        FindingTable.Revisions highest = new FindingTable.Revisions();
        try (CloseableIterable<FileScanTask> plan = table.newScan().planFiles()) {
            for (FileScanTask task : plan) {
                highest.read(table.io(), task.file().location());
            }
        }
        try (TableWriter<Finding> writer = new TableWriter<>(
                TableLayouts.FINDING_REVISIONS, table, catalog.config(), "merged-" + UUID.randomUUID())) {
            Set<String> written = new HashSet<>();
            for (DataFile file : files) {
                for (Finding finding : FindingTable.read(table, file.location())) {
                    if (finding.revision() == highest.highest(finding.id()) && written.add(finding.id())) {
                        writer.write(finding);
                    }
                }
            }
            return writer.flush();
        }
    }

    private int expire(Table table) {
        table.refresh();
        Set<Long> before = snapshots(table);
        if (before.size() <= config.retainLast()) {
            return 0;
        }
        try {
            table.expireSnapshots()
                    .expireOlderThan(clock.instant().minus(config.retention()).toEpochMilli())
                    .retainLast(config.retainLast())
                    .commit();
        } catch (CommitFailedException e) {
            LOG.debug("Expiring snapshots of {} lost against another commit; the next round tries again", table.name());
            return 0;
        }
        table.refresh();
        before.removeAll(snapshots(table));
        return before.size();
    }

    private static Set<Long> snapshots(Table table) {
        Set<Long> ids = new HashSet<>();
        table.snapshots().forEach(snapshot -> ids.add(snapshot.snapshotId()));
        return ids;
    }

    /** Removes what killed writers, compactions and expiries left behind. */
    private int removeOrphans(Table table) throws IOException {
        if (!(table.io() instanceof SupportsPrefixOperations listing)) {
            return 0;
        }
        long now = clock.millis();
        List<FileInfo> candidates = new ArrayList<>();
        for (FileInfo file : listing.listPrefix(table.location())) {
            if (file.createdAtMillis() < now - config.orphanAge().toMillis()) {
                candidates.add(file);
            }
        }
        if (candidates.isEmpty()) {
            return 0;
        }
        // Listed first, asked what is known second: what is committed in between is old enough to be known then.
        table.refresh();
        Set<String> known = reachable(table);
        Carried carried = Carried.of(table.currentSnapshot());
        int removed = 0;
        for (FileInfo file : candidates) {
            if (!known.contains(plain(file.location())) && !mayBeClaimed(file, carried, now)) {
                table.io().deleteFile(file.location());
                removed++;
            }
        }
        return removed;
    }

    /** Whether a checkpoint may hold this file and still come to commit it. */
    private boolean mayBeClaimed(FileInfo file, Carried carried, long now) {
        DataFileNames.Written by = DataFileNames.parse(file.location());
        if (by == null || file.createdAtMillis() < now - config.unclaimedAge().toMillis()) {
            return false;
        }
        // Its records belong to the first checkpoint after; when a later one is committed, that one is or never will
        // be.
        return !carried.contains(by.lineage(), by.afterCheckpoint() + 1);
    }

    private static Set<String> reachable(Table table) throws IOException {
        Set<String> known = new HashSet<>();
        ReachableFileUtil.metadataFileLocations(table, false).forEach(location -> known.add(plain(location)));
        ReachableFileUtil.manifestListLocations(table).forEach(location -> known.add(plain(location)));
        Map<String, ManifestFile> manifests = new HashMap<>();
        for (Snapshot snapshot : table.snapshots()) {
            for (ManifestFile manifest : snapshot.allManifests(table.io())) {
                manifests.put(manifest.path(), manifest);
            }
        }
        for (ManifestFile manifest : manifests.values()) {
            known.add(plain(manifest.path()));
            try (CloseableIterable<String> paths = ManifestFiles.readPaths(manifest, table.io(), table.specs())) {
                paths.forEach(path -> known.add(plain(path)));
            }
        }
        return known;
    }

    /** {@code file:/a}, {@code file:///a} and {@code /a} are one file. */
    private static String plain(String location) {
        return location.startsWith("file:") ? LocalFileIO.path(location).toString() : location;
    }

    /** Stops the background thread; a merge that is under way is given up. */
    @Override
    public void close() {
        thread.shutdownNow();
        try {
            thread.awaitTermination(30, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
