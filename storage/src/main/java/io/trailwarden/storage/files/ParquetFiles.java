package io.trailwarden.storage.files;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.apache.iceberg.io.FileIO;
import org.apache.iceberg.io.SeekableInputStream;
import org.apache.parquet.ParquetReadOptions;
import org.apache.parquet.column.ColumnReader;
import org.apache.parquet.column.impl.ColumnReadStoreImpl;
import org.apache.parquet.column.page.PageReadStore;
import org.apache.parquet.conf.PlainParquetConfiguration;
import org.apache.parquet.hadoop.ParquetFileReader;
import org.apache.parquet.io.DelegatingSeekableInputStream;
import org.apache.parquet.io.InputFile;
import org.apache.parquet.io.api.Binary;
import org.apache.parquet.io.api.Converter;
import org.apache.parquet.io.api.GroupConverter;
import org.apache.parquet.io.api.PrimitiveConverter;
import org.apache.parquet.schema.GroupType;
import org.apache.parquet.schema.MessageType;
import org.apache.parquet.schema.Type;
import org.jspecify.annotations.Nullable;

/** Reads Parquet files column by column, without making rows. */
public final class ParquetFiles {

    private ParquetFiles() {}

    /** Reads a column whose neighbours are mostly equal without making the same text again. */
    public static final class Texts {
        private @Nullable Binary last;
        private String text = "";

        public String next(ColumnReader column) {
            Binary binary = column.getBinary();
            column.consume();
            if (!binary.equals(last)) {
                last = binary.copy();
                text = binary.toStringUsingUTF8();
            }
            return text;
        }
    }

    /** Called for every row group. */
    @FunctionalInterface
    public interface RowGroup {
        void read(long rows, Columns columns) throws IOException;
    }

    /** The columns of one row group, each to be read once. */
    public interface Columns {
        /** The values of one leaf. */
        ColumnReader leaf(String... path);
    }

    /** The file's own schema. */
    public static MessageType schema(FileIO io, String location) throws IOException {
        try (ParquetFileReader reader = open(io, location)) {
            return reader.getFileMetaData().getSchema();
        }
    }

    /** Reads the named top-level columns; a file that lacks one (an older version wrote it) is read without it. */
    public static void read(FileIO io, String location, List<String> columns, RowGroup consumer) throws IOException {
        try (ParquetFileReader reader = open(io, location)) {
            MessageType file = reader.getFileMetaData().getSchema();
            List<Type> wanted = new ArrayList<>();
            for (String column : columns) {
                if (file.containsField(column)) {
                    wanted.add(file.getType(column));
                }
            }
            MessageType projection = new MessageType(file.getName(), wanted);
            reader.setRequestedSchema(projection);
            String createdBy = reader.getFileMetaData().getCreatedBy();
            for (PageReadStore pages; (pages = reader.readNextRowGroup()) != null; ) {
                ColumnReadStoreImpl store =
                        new ColumnReadStoreImpl(pages, new Ignoring(projection), projection, createdBy);
                consumer.read(
                        pages.getRowCount(), path -> store.getColumnReader(projection.getColumnDescription(path)));
            }
        }
    }

    private static ParquetFileReader open(FileIO io, String location) throws IOException {
        return ParquetFileReader.open(
                new Input(io.newInputFile(location)),
                ParquetReadOptions.builder(new PlainParquetConfiguration()).build());
    }

    private record Input(org.apache.iceberg.io.InputFile file) implements InputFile {
        @Override
        public long getLength() {
            return file.getLength();
        }

        @Override
        public org.apache.parquet.io.SeekableInputStream newStream() {
            SeekableInputStream stream = file.newStream();
            return new DelegatingSeekableInputStream(stream) {
                @Override
                public long getPos() throws IOException {
                    return stream.getPos();
                }

                @Override
                public void seek(long position) throws IOException {
                    stream.seek(position);
                }
            };
        }
    }

    /** Parquet wants somewhere to put values even where the columns are read directly. */
    private static final class Ignoring extends GroupConverter {
        private final List<Converter> children = new ArrayList<>();

        Ignoring(GroupType type) {
            for (Type field : type.getFields()) {
                children.add(field.isPrimitive() ? new PrimitiveConverter() {} : new Ignoring(field.asGroupType()));
            }
        }

        @Override
        public Converter getConverter(int index) {
            return children.get(index);
        }

        @Override
        public void start() {}

        @Override
        public void end() {}
    }
}
