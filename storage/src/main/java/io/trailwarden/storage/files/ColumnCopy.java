package io.trailwarden.storage.files;

import java.util.ArrayList;
import java.util.List;
import org.apache.iceberg.parquet.ParquetValueWriter;
import org.apache.iceberg.parquet.TripleWriter;
import org.apache.parquet.column.ColumnDescriptor;
import org.apache.parquet.column.ColumnReader;
import org.apache.parquet.column.ColumnWriteStore;
import org.apache.parquet.column.ColumnWriter;
import org.apache.parquet.schema.MessageType;
import org.jspecify.annotations.Nullable;

/**
 * Copies rows from Parquet to Parquet column by column: levels and values as they are, no row is ever made. "Writing"
 * {@code this} copies the next row of the row group that was set last.
 */
public final class ColumnCopy implements ParquetValueWriter<ColumnCopy> {

    private final MessageType schema;
    private final List<Leaf> leaves = new ArrayList<>();

    public ColumnCopy(MessageType schema) {
        this.schema = schema;
        for (ColumnDescriptor column : schema.getColumns()) {
            leaves.add(new Leaf(column));
        }
    }

    /** Rows come from this row group from now on. */
    public void from(MessageType file, ParquetFiles.Columns columns) {
        for (Leaf leaf : leaves) {
            leaf.in = file.containsField(leaf.column.getPath()[0]) ? columns.leaf(leaf.column.getPath()) : null;
        }
    }

    @Override
    public void write(int repetitionLevel, ColumnCopy row) {
        for (Leaf leaf : leaves) {
            leaf.copy();
        }
    }

    @Override
    public List<TripleWriter<?>> columns() {
        return List.of();
    }

    @Override
    public void setColumnStore(ColumnWriteStore store) {
        for (Leaf leaf : leaves) {
            leaf.out = store.getColumnWriter(schema.getColumnDescription(leaf.column.getPath()));
        }
    }

    private static final class Leaf {
        final ColumnDescriptor column;
        final int present;

        @Nullable
        ColumnReader in;

        @Nullable
        ColumnWriter out;

        Leaf(ColumnDescriptor column) {
            this.column = column;
            this.present = column.getMaxDefinitionLevel();
        }

        void copy() {
            ColumnReader from = in;
            ColumnWriter to = out;
            if (to == null) {
                throw new IllegalStateException("No row group is open");
            }
            if (from == null) {
                to.writeNull(0, 0);
                return;
            }
            do {
                int repetition = from.getCurrentRepetitionLevel();
                int definition = from.getCurrentDefinitionLevel();
                if (definition < present) {
                    to.writeNull(repetition, definition);
                } else {
                    switch (column.getPrimitiveType().getPrimitiveTypeName()) {
                        case BINARY, FIXED_LEN_BYTE_ARRAY, INT96 -> to.write(from.getBinary(), repetition, definition);
                        case INT64 -> to.write(from.getLong(), repetition, definition);
                        case INT32 -> to.write(from.getInteger(), repetition, definition);
                        case BOOLEAN -> to.write(from.getBoolean(), repetition, definition);
                        case DOUBLE -> to.write(from.getDouble(), repetition, definition);
                        case FLOAT -> to.write(from.getFloat(), repetition, definition);
                        default -> throw new IllegalStateException("Unknown type of " + column);
                    }
                }
                from.consume();
            } while (from.getCurrentRepetitionLevel() != 0);
        }
    }
}
