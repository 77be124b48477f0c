package io.trailwarden.storage.catalog;

import java.io.Closeable;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.iceberg.DataFile;
import org.apache.iceberg.DataFiles;
import org.apache.iceberg.FileFormat;
import org.apache.iceberg.MetricsConfig;
import org.apache.iceberg.PartitionData;
import org.apache.iceberg.PartitionSpec;
import org.apache.iceberg.Table;
import org.apache.iceberg.TableProperties;
import org.apache.iceberg.io.FileAppender;
import org.apache.iceberg.io.OutputFile;
import org.apache.iceberg.parquet.Parquet;
import org.jspecify.annotations.Nullable;

/**
 * Writes one table's records into Parquet files, one file per day at a time.
 *
 * <p>A backfill interleaves many days. At most {@code openFiles} files are open; records of other days wait in memory,
 * and when they take more than {@code parkedBytes}, the day with the most of them gets a file. So the number of files
 * grows with the bytes, not with the changes of day.
 */
public final class TableWriter<T> implements Closeable {

    private final TableLayout<T> layout;
    private final Table table;
    private final MetricsConfig metrics;
    private final ArchiveConfig config;
    private final String filePrefix;

    private final LinkedHashMap<Integer, OpenFile<T>> open = new LinkedHashMap<>(16, 0.75f, true);
    private final Map<Integer, Parked<T>> parked = new HashMap<>();
    private final List<DataFile> finished = new ArrayList<>();
    private final Map<String, long[]> rows = new HashMap<>();
    private long parkedWeight;
    private long files;
    private String label = "";

    // The last record's day and source, which are almost always the next one's too.
    private int lastDay;
    private @Nullable OpenFile<T> lastFile;
    private @Nullable String lastSource;
    private long[] lastCount = new long[1];

    public TableWriter(TableLayout<T> layout, Table table, ArchiveConfig config, String filePrefix) {
        this.layout = layout;
        this.table = table;
        this.metrics = MetricsConfig.forTable(table);
        this.config = config;
        this.filePrefix = filePrefix;
    }

    /** Goes into the names of the files that are opened from now on. */
    public void label(String label) {
        this.label = label;
    }

    public void write(T row) throws IOException {
        count(layout.rows().source().apply(row));
        int day = layout.rows().day().applyAsInt(row);
        OpenFile<T> file = lastFile;
        if (file == null || day != lastDay) {
            file = open.get(day);
            if (file == null && open.size() < config.openFiles()) {
                file = open(day);
            }
            if (file == null) {
                park(day, row);
                return;
            }
            lastDay = day;
            lastFile = file;
        }
        file.appender.add(row);
    }

    private void count(String source) {
        if (!source.equals(lastSource)) {
            lastCount = rows.computeIfAbsent(source, unused -> new long[1]);
            lastSource = source;
        }
        lastCount[0]++;
    }

    private void park(int day, T row) throws IOException {
        long weight = layout.rows().weight().applyAsLong(row);
        Parked<T> waiting = parked.computeIfAbsent(day, unused -> new Parked<>());
        waiting.rows.add(row);
        waiting.weight += weight;
        parkedWeight += weight;
        if (parkedWeight > config.parkedBytes()) {
            int heaviest = day;
            long most = waiting.weight;
            for (Map.Entry<Integer, Parked<T>> candidate : parked.entrySet()) {
                if (candidate.getValue().weight > most) {
                    heaviest = candidate.getKey();
                    most = candidate.getValue().weight;
                }
            }
            finish(open.entrySet().iterator().next().getKey());
            unpark(heaviest);
        }
    }

    private void unpark(int day) throws IOException {
        Parked<T> waiting = parked.remove(day);
        parkedWeight -= waiting.weight;
        OpenFile<T> file = open(day);
        for (T row; (row = waiting.rows.poll()) != null; ) {
            file.appender.add(row);
        }
    }

    private OpenFile<T> open(int day) throws IOException {
        PartitionSpec spec = table.spec();
        PartitionData partition = null;
        if (spec.isPartitioned()) {
            partition = new PartitionData(spec.partitionType());
            partition.set(0, day);
        }
        String name = filePrefix + label + '-' + files++ + ".parquet";
        String location = partition == null
                ? table.locationProvider().newDataLocation(name)
                : table.locationProvider().newDataLocation(spec, partition, name);
        OutputFile output = table.io().newOutputFile(location);
        FileAppender<T> appender = Parquet.write(output)
                .forTable(table)
                .set(TableProperties.PARQUET_ROW_GROUP_SIZE_BYTES, Long.toString(config.rowGroupBytes()))
                .metricsConfig(metrics)
                .createWriterFunc(schema -> new RowWriter<>(layout.columns(), schema))
                .build();
        OpenFile<T> file = new OpenFile<>(output, appender, partition);
        open.put(day, file);
        return file;
    }

    private void finish(int day) throws IOException {
        OpenFile<T> file = open.remove(day);
        if (file == lastFile) {
            lastFile = null;
        }
        file.appender.close();
        DataFiles.Builder builder = DataFiles.builder(table.spec())
                .withPath(file.output.location())
                .withFormat(FileFormat.PARQUET)
                .withFileSizeInBytes(file.appender.length())
                .withMetrics(file.appender.metrics())
                .withSplitOffsets(file.appender.splitOffsets());
        if (file.partition != null) {
            builder.withPartition(file.partition);
        }
        finished.add(builder.build());
    }

    /** Ends all files and returns them; every record written so far is in one of them. */
    public List<DataFile> flush() throws IOException {
        while (!open.isEmpty()) {
            finish(open.keySet().iterator().next());
        }
        while (!parked.isEmpty()) {
            int day = parked.keySet().iterator().next();
            unpark(day);
            finish(day);
        }
        List<DataFile> result = List.copyOf(finished);
        finished.clear();
        return result;
    }

    /** Rows by source since the last call. */
    public Map<String, Long> takeRows() {
        Map<String, Long> result = new TreeMap<>();
        rows.forEach((source, count) -> result.put(source, count[0]));
        rows.clear();
        lastSource = null;
        return result;
    }

    /** Drops what was not flushed, and its files. */
    @Override
    public void close() throws IOException {
        parked.clear();
        List<String> unwanted = new ArrayList<>();
        try {
            for (OpenFile<T> file : open.values()) {
                unwanted.add(file.output.location());
                file.appender.close();
            }
        } finally {
            open.clear();
            lastFile = null;
            finished.forEach(file -> unwanted.add(file.location()));
            finished.clear();
            unwanted.forEach(location -> table.io().deleteFile(location));
        }
    }

    private record OpenFile<T>(OutputFile output, FileAppender<T> appender, @Nullable PartitionData partition) {}

    private static final class Parked<T> {
        final ArrayDeque<T> rows = new ArrayDeque<>();
        long weight;
    }
}
