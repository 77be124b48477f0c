package io.trailwarden.storage.catalog;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.StringJoiner;
import org.apache.iceberg.FileScanTask;
import org.apache.iceberg.Table;
import org.apache.iceberg.io.CloseableIterable;
import org.apache.iceberg.types.Type;
import org.apache.iceberg.types.Types;

/**
 * One table as it stands at a moment: the Parquet files that hold all of its rows and nothing else, since no delete
 * files are ever written.
 *
 * @param evolved whether files of older versions may lack columns
 */
public record TableFiles(String table, List<ColumnInfo> columns, List<String> locations, boolean evolved) {

    /**
     * A column as analysts see it.
     *
     * @param type as DuckDB writes it, for example {@code VARCHAR[]}
     * @param description what it means
     */
    public record ColumnInfo(String name, String type, String description) {}

    /** All tables as they stand now, each from one snapshot. */
    public static List<TableFiles> of(TableCatalog tables) throws IOException {
        List<TableFiles> result = new ArrayList<>();
        for (TableLayout<?> layout : TableLayouts.ALL) {
            Table table = tables.load(layout);
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
                    columns(table.schema().columns()),
                    List.copyOf(locations),
                    table.schemas().size() > 1));
        }
        return result;
    }

    private static List<ColumnInfo> columns(List<Types.NestedField> fields) {
        return fields.stream()
                .map(field ->
                        new ColumnInfo(field.name(), sqlType(field.type()), field.doc() == null ? "" : field.doc()))
                .toList();
    }

    private static String sqlType(Type type) {
        return switch (type.typeId()) {
            case STRING -> "VARCHAR";
            case BINARY -> "BLOB";
            case LONG -> "BIGINT";
            case BOOLEAN -> "BOOLEAN";
            case TIMESTAMP -> "TIMESTAMP WITH TIME ZONE";
            case LIST -> sqlType(type.asListType().elementType()) + "[]";
            case MAP ->
                "MAP(" + sqlType(type.asMapType().keyType()) + ", "
                        + sqlType(type.asMapType().valueType()) + ")";
            case STRUCT -> {
                StringJoiner fields = new StringJoiner(", ", "STRUCT(", ")");
                type.asStructType().fields().forEach(field -> fields.add(field.name() + ' ' + sqlType(field.type())));
                yield fields.toString();
            }
            default -> type.toString().toUpperCase(Locale.ROOT);
        };
    }
}
