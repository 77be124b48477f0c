package io.trailwarden.storage.catalog;

import io.trailwarden.event.json.JsonSpan;
import io.trailwarden.storage.files.Utf8;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.function.Function;
import java.util.function.ToLongFunction;
import org.apache.iceberg.types.Type;
import org.apache.iceberg.types.Types;
import org.apache.parquet.column.ColumnWriter;
import org.apache.parquet.io.api.Binary;
import org.jspecify.annotations.Nullable;

/**
 * One column of a table and how a record's value gets into it, straight into Parquet's column writers: no row object,
 * no boxing, no second encoding of bytes that are UTF-8 already.
 *
 * @param doc what it means, shown to whoever describes the table
 * @param binder binds the column to the file that is being written
 */
public record Column<T>(String name, Type type, boolean required, String doc, Binder<T> binder) {

    /** Writes one record's value. */
    @FunctionalInterface
    interface Cell<T> {
        void write(T row);
    }

    /** Makes the cell writer for one row group. */
    @FunctionalInterface
    interface Binder<T> {
        Cell<T> bind(Leaves leaves);
    }

    /** The Parquet leaves under one column. */
    interface Leaves {
        ColumnWriter leaf(String... path);

        /**
         * The definition level of a value. A column that this version requires is optional, and one level deeper, in a
         * table that an older version made without it.
         */
        int present(String... path);
    }

    static <T> Column<T> text(String name, String doc, Function<T, @Nullable String> value) {
        return new Column<>(name, Types.StringType.get(), false, doc, leaves -> {
            ColumnWriter out = leaves.leaf(name);
            return row -> {
                String text = value.apply(row);
                if (text == null) {
                    out.writeNull(0, 0);
                } else {
                    out.write(utf8(text), 0, 1);
                }
            };
        });
    }

    static <T> Column<T> requiredText(String name, String doc, Function<T, String> value) {
        return new Column<>(name, Types.StringType.get(), true, doc, leaves -> {
            ColumnWriter out = leaves.leaf(name);
            int present = leaves.present(name);
            return row -> out.write(utf8(value.apply(row)), 0, present);
        });
    }

    static <T> Column<T> flag(String name, String doc, Function<T, @Nullable Boolean> value) {
        return new Column<>(name, Types.BooleanType.get(), false, doc, leaves -> {
            ColumnWriter out = leaves.leaf(name);
            return row -> {
                Boolean flag = value.apply(row);
                if (flag == null) {
                    out.writeNull(0, 0);
                } else {
                    out.write(flag.booleanValue(), 0, 1);
                }
            };
        });
    }

    static <T> Column<T> number(String name, String doc, ToLongFunction<T> value) {
        return new Column<>(name, Types.LongType.get(), true, doc, leaves -> {
            ColumnWriter out = leaves.leaf(name);
            int present = leaves.present(name);
            return row -> out.write(value.applyAsLong(row), 0, present);
        });
    }

    static <T> Column<T> instant(String name, String doc, Function<T, Instant> value) {
        return new Column<>(name, Types.TimestampType.withZone(), true, doc, leaves -> {
            ColumnWriter out = leaves.leaf(name);
            int present = leaves.present(name);
            return row -> out.write(TableTimes.micros(value.apply(row)), 0, present);
        });
    }

    /** JSON text that stands in the raw bytes, copied from there. */
    static <T> Column<T> json(String name, String doc, Function<T, @Nullable JsonSpan> span, Function<T, byte[]> raw) {
        return new Column<>(name, Types.StringType.get(), false, doc, leaves -> {
            ColumnWriter out = leaves.leaf(name);
            return row -> {
                JsonSpan at = span.apply(row);
                if (at == null) {
                    out.writeNull(0, 0);
                    return;
                }
                byte[] bytes = raw.apply(row);
                int length = at.end() - at.start();
                if (Utf8.isValid(bytes, at.start(), length)) {
                    out.write(Binary.fromConstantByteArray(bytes, at.start(), length), 0, 1);
                } else {
                    out.write(utf8(new String(bytes, at.start(), length, StandardCharsets.UTF_8)), 0, 1);
                }
            };
        });
    }

    /** Original bytes as text; null where they are not UTF-8 (they stand in {@link #rawBytes} then). */
    static <T> Column<T> raw(String name, String doc, Function<T, byte[]> raw) {
        return new Column<>(name, Types.StringType.get(), false, doc, leaves -> {
            ColumnWriter out = leaves.leaf(name);
            return row -> {
                byte[] bytes = raw.apply(row);
                if (Utf8.isValid(bytes, 0, bytes.length)) {
                    out.write(Binary.fromConstantByteArray(bytes), 0, 1);
                } else {
                    out.writeNull(0, 0);
                }
            };
        });
    }

    /** Original bytes that are not UTF-8; null where they are. */
    static <T> Column<T> rawBytes(String name, String doc, Function<T, byte[]> raw) {
        return new Column<>(name, Types.BinaryType.get(), false, doc, leaves -> {
            ColumnWriter out = leaves.leaf(name);
            return row -> {
                byte[] bytes = raw.apply(row);
                if (Utf8.isValid(bytes, 0, bytes.length)) {
                    out.writeNull(0, 0);
                } else {
                    out.write(Binary.fromConstantByteArray(bytes), 0, 1);
                }
            };
        });
    }

    /** A list of texts, never null. */
    static <T> Column<T> texts(String name, String doc, Function<T, List<String>> values) {
        Type type = Types.ListType.ofRequired(1, Types.StringType.get());
        return new Column<>(name, type, true, doc, leaves -> {
            ColumnWriter out = leaves.leaf(name, "list", "element");
            int present = leaves.present(name, "list", "element");
            return row -> {
                List<String> list = values.apply(row);
                if (list.isEmpty()) {
                    out.writeNull(0, present - 1);
                }
                for (int i = 0; i < list.size(); i++) {
                    out.write(utf8(list.get(i)), i == 0 ? 0 : 1, present);
                }
            };
        });
    }

    static Binary utf8(String text) {
        return Binary.fromConstantByteArray(text.getBytes(StandardCharsets.UTF_8));
    }
}
