package io.trailwarden.jobs;

import io.trailwarden.storage.catalog.ArchiveConfig;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.iceberg.CatalogUtil;
import org.apache.iceberg.FileScanTask;
import org.apache.iceberg.Table;
import org.apache.iceberg.catalog.Catalog;
import org.apache.iceberg.catalog.TableIdentifier;
import org.apache.iceberg.data.Record;
import org.apache.iceberg.data.parquet.GenericParquetReaders;
import org.apache.iceberg.io.CloseableIterable;
import org.apache.iceberg.jdbc.JdbcCatalog;
import org.apache.iceberg.parquet.Parquet;

/** Reads tables as any other engine would. */
public final class TableReader {

    private TableReader() {}

    /** One column of all rows, sorted. */
    public static List<String> column(ArchiveConfig config, String tableName, String column) {
        Map<String, String> properties = new HashMap<>(config.catalogProperties());
        Catalog loaded = CatalogUtil.loadCatalog(properties.remove("catalog-impl"), "trailwarden", properties, null);
        List<String> values = new ArrayList<>();
        try (JdbcCatalog catalog = (JdbcCatalog) loaded) {
            Table table = catalog.loadTable(TableIdentifier.of(config.namespace(), tableName));
            try (CloseableIterable<FileScanTask> files = table.newScan().planFiles()) {
                for (FileScanTask file : files) {
                    try (CloseableIterable<Record> records = Parquet.read(
                                    table.io().newInputFile(file.file().location()))
                            .project(table.schema())
                            .createReaderFunc(schema -> GenericParquetReaders.buildReader(table.schema(), schema))
                            .build()) {
                        records.forEach(row -> values.add(String.valueOf(row.getField(column))));
                    }
                }
            }
        } catch (IOException e) {
            throw new AssertionError(e);
        }
        return values.stream().sorted().toList();
    }
}
