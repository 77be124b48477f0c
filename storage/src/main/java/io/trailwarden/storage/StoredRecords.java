package io.trailwarden.storage;

import io.trailwarden.storage.catalog.TableCatalog;
import io.trailwarden.storage.catalog.TableLayouts;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import org.apache.iceberg.FileScanTask;
import org.apache.iceberg.Schema;
import org.apache.iceberg.Table;
import org.apache.iceberg.data.Record;
import org.apache.iceberg.data.parquet.GenericParquetReaders;
import org.apache.iceberg.expressions.Expressions;
import org.apache.iceberg.io.CloseableIterable;
import org.apache.iceberg.parquet.Parquet;

/** Reads stored records back as they came, from one snapshot, in no particular order. */
public final class StoredRecords {

    private final TableCatalog catalog;

    StoredRecords(TableCatalog catalog) {
        this.catalog = catalog;
    }

    /** Which table. */
    public enum Kind {
        CLOUDTRAIL,
        EXECUTIONS
    }

    /** Takes what is read. */
    @FunctionalInterface
    public interface Reader {

        /**
         * One record.
         *
         * @param raw the bytes as AWS wrote them
         */
        void record(Instant eventTime, String eventId, byte[] raw);
    }

    /**
     * Hands on every record of a kind whose event time is not before {@code since}.
     *
     * @return how many
     * @throws IOException when the table cannot be read, for example because maintenance removed a file meanwhile
     */
    public long read(Kind kind, Instant since, Reader reader) throws IOException {
        Table table = catalog.load(kind == Kind.CLOUDTRAIL ? TableLayouts.CLOUDTRAIL : TableLayouts.EXECUTIONS);
        Schema wanted = table.schema().select("event_time", "event_id", "raw", "raw_bytes");
        long count = 0;
        for (String location : planned(table, since)) {
            try (CloseableIterable<Record> records = Parquet.read(table.io().newInputFile(location))
                    .project(wanted)
                    .createReaderFunc(schema -> GenericParquetReaders.buildReader(wanted, schema))
                    .build()) {
                for (Record row : records) {
                    Instant time = ((OffsetDateTime) row.getField("event_time")).toInstant();
                    if (!time.isBefore(since)) {
                        reader.record(time, (String) row.getField("event_id"), raw(row));
                        count++;
                    }
                }
            }
        }
        return count;
    }

    private static List<String> planned(Table table, Instant since) throws IOException {
        long micros = Math.multiplyExact(since.getEpochSecond(), 1_000_000L);
        List<String> locations = new ArrayList<>();
        try (CloseableIterable<FileScanTask> plan = table.newScan()
                .filter(Expressions.greaterThanOrEqual("event_time", micros))
                .planFiles()) {
            plan.forEach(task -> locations.add(task.file().location()));
        }
        return locations;
    }

    private static byte[] raw(Record row) {
        String text = (String) row.getField("raw");
        if (text != null) {
            return text.getBytes(StandardCharsets.UTF_8);
        }
        ByteBuffer bytes = ((ByteBuffer) row.getField("raw_bytes")).duplicate();
        byte[] raw = new byte[bytes.remaining()];
        bytes.get(raw);
        return raw;
    }
}
