package io.trailwarden.storage;

import io.trailwarden.storage.catalog.TableLayout;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.apache.iceberg.FileScanTask;
import org.apache.iceberg.Table;
import org.apache.iceberg.data.Record;
import org.apache.iceberg.data.parquet.GenericParquetReaders;
import org.apache.iceberg.io.CloseableIterable;
import org.apache.iceberg.parquet.Parquet;

/** Reads tables the way another engine would: planned by Iceberg, every row decoded by its reader. */
public final class Rows {

    private Rows() {}

    /** A table as the catalog has it, past the archive's face. */
    public static Table table(Archive archive, TableLayout<?> layout) {
        return archive.tables().load(layout);
    }

    public static List<Record> of(Archive archive, TableLayout<?> layout) {
        Table table = table(archive, layout);
        List<Record> rows = new ArrayList<>();
        try (CloseableIterable<FileScanTask> files = table.newScan().planFiles()) {
            for (FileScanTask file : files) {
                if (!file.deletes().isEmpty()) {
                    throw new AssertionError("delete files: " + file.deletes());
                }
                try (CloseableIterable<Record> records = Parquet.read(
                                table.io().newInputFile(file.file().location()))
                        .project(table.schema())
                        .createReaderFunc(schema -> GenericParquetReaders.buildReader(table.schema(), schema))
                        .build()) {
                    records.forEach(rows::add);
                }
            }
        } catch (IOException e) {
            throw new AssertionError(e);
        }
        return rows;
    }

    public static List<String> texts(Archive archive, TableLayout<?> layout, String column) {
        return of(archive, layout).stream()
                .map(row -> String.valueOf(row.getField(column)))
                .sorted()
                .toList();
    }
}
