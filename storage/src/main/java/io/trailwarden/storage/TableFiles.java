package io.trailwarden.storage;

import java.util.List;
import java.util.Locale;
import java.util.StringJoiner;
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

    static List<ColumnInfo> columns(List<Types.NestedField> fields) {
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
