package io.trailwarden.storage.catalog;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.ToIntFunction;
import java.util.function.ToLongFunction;
import org.apache.iceberg.PartitionSpec;
import org.apache.iceberg.Schema;
import org.apache.iceberg.TableProperties;
import org.apache.iceberg.types.Type;
import org.apache.iceberg.types.TypeUtil;
import org.apache.iceberg.types.Types;

/**
 * One table as this version writes it.
 *
 * @param rows what is asked of each record
 */
public record TableLayout<T>(
        String name,
        Schema schema,
        PartitionSpec spec,
        List<Column<T>> columns,
        Rows<T> rows,
        Map<String, String> properties) {

    /**
     * What is asked of each record.
     *
     * @param day its partition in days since 1970; 0 in a table without partitions
     * @param source which source it counts for in the ledger
     * @param weight about how many bytes it holds in memory
     */
    public record Rows<T>(ToIntFunction<T> day, Function<T, String> source, ToLongFunction<T> weight) {}

    static <T> TableLayout<T> partitioned(
            String name, String timeColumn, List<Column<T>> columns, Rows<T> rows, List<String> bounded) {
        Schema schema = schema(columns);
        return new TableLayout<>(
                name,
                schema,
                PartitionSpec.builderFor(schema).day(timeColumn).build(),
                List.copyOf(columns),
                rows,
                properties(columns, bounded));
    }

    static <T> TableLayout<T> unpartitioned(
            String name,
            List<Column<T>> columns,
            Function<T, String> source,
            ToLongFunction<T> weight,
            List<String> bounded) {
        return new TableLayout<>(
                name,
                schema(columns),
                PartitionSpec.unpartitioned(),
                List.copyOf(columns),
                new Rows<>(row -> 0, source, weight),
                properties(columns, bounded));
    }

    private static <T> Schema schema(List<Column<T>> columns) {
        List<Types.NestedField> fields = new ArrayList<>();
        int id = 1;
        for (Column<T> column : columns) {
            fields.add(
                    column.required()
                            ? Types.NestedField.required(id++, column.name(), column.type(), column.doc())
                            : Types.NestedField.optional(id++, column.name(), column.type(), column.doc()));
        }
        // Nested fields take ids after the columns' own, as the catalog assigns them when it creates the table.
        int[] next = {0};
        Type fresh = TypeUtil.assignFreshIds(Types.StructType.of(fields), () -> ++next[0]);
        return new Schema(fresh.asStructType().fields());
    }

    /** Bounds only for columns that queries narrow by: of ids they would cost much and exclude nothing. */
    private static <T> Map<String, String> properties(List<Column<T>> columns, List<String> bounded) {
        Map<String, String> properties = new HashMap<>();
        properties.put(TableProperties.FORMAT_VERSION, "2");
        properties.put(TableProperties.PARQUET_COMPRESSION, "zstd");
        properties.put(TableProperties.PARQUET_COMPRESSION_LEVEL, "1");
        properties.put(TableProperties.PARQUET_PAGE_SIZE_BYTES, Integer.toString(512 << 10));
        // Small: dictionaries of ids and ARNs cost a third of storing, looked up and then given up, and what they would
        // save zstd saves too (3 % of a file). Regions, types and accounts keep theirs.
        properties.put(TableProperties.PARQUET_DICT_SIZE_BYTES, Integer.toString(2 << 10));
        properties.put(TableProperties.METADATA_DELETE_AFTER_COMMIT_ENABLED, "true");
        properties.put(TableProperties.METADATA_PREVIOUS_VERSIONS_MAX, "10");
        // Commits carry sums over the snapshot before them, so a conflict must be resolved by us, not repeated blindly.
        properties.put(TableProperties.COMMIT_NUM_RETRIES, "0");
        properties.put(TableProperties.DEFAULT_WRITE_METRICS_MODE, "none");
        bounded.forEach(column -> properties.put(
                TableProperties.METRICS_MODE_COLUMN_CONF_PREFIX + column,
                column.endsWith("_time") || column.endsWith("_at") ? "full" : "truncate(32)"));
        for (Column<T> column : columns) {
            if (column.type().isPrimitiveType() && !bounded.contains(column.name())) {
                properties.put(TableProperties.PARQUET_COLUMN_STATS_ENABLED_PREFIX + column.name(), "false");
            }
        }
        return Map.copyOf(properties);
    }
}
