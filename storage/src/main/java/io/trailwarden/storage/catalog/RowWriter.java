package io.trailwarden.storage.catalog;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.apache.iceberg.parquet.ParquetValueWriter;
import org.apache.iceberg.parquet.TripleWriter;
import org.apache.parquet.column.ColumnDescriptor;
import org.apache.parquet.column.ColumnWriteStore;
import org.apache.parquet.column.ColumnWriter;
import org.apache.parquet.schema.MessageType;

/** Writes records of one type into a Parquet file, column by column. */
final class RowWriter<T> implements ParquetValueWriter<T> {

    private final List<Column<T>> columns;
    private final MessageType schema;
    private Column.Cell<T>[] cells;

    @SuppressWarnings({"unchecked", "rawtypes"})
    RowWriter(List<Column<T>> columns, MessageType schema) {
        this.columns = columns;
        this.schema = schema;
        this.cells = new Column.Cell[0];
    }

    @Override
    public void write(int repetitionLevel, T row) {
        for (Column.Cell<T> cell : cells) {
            cell.write(row);
        }
    }

    @Override
    public List<TripleWriter<?>> columns() {
        return List.of();
    }

    /** Called for every row group. */
    @Override
    @SuppressWarnings({"unchecked", "rawtypes"})
    public void setColumnStore(ColumnWriteStore store) {
        List<Column.Cell<T>> bound = new ArrayList<>();
        Set<String> known = new HashSet<>();
        Column.Leaves leaves = new Column.Leaves() {
            @Override
            public ColumnWriter leaf(String... path) {
                return store.getColumnWriter(schema.getColumnDescription(path));
            }

            @Override
            public int present(String... path) {
                return schema.getMaxDefinitionLevel(path);
            }
        };
        for (Column<T> column : columns) {
            known.add(column.name());
            bound.add(column.binder().bind(leaves));
        }
        for (ColumnDescriptor leaf : schema.getColumns()) {
            if (!known.contains(leaf.getPath()[0])) {
                // A newer version added it to the table; every leaf must still get a value per row.
                ColumnWriter unknown = store.getColumnWriter(leaf);
                bound.add(row -> unknown.writeNull(0, 0));
            }
        }
        cells = bound.toArray(new Column.Cell[0]);
    }
}
