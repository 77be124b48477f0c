package io.trailwarden.ingest.format;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Reads stored objects to their records, packed and wrapped in any known way: what ingesters do, for whoever wants records
 * without sending them anywhere. Reused for many objects; belongs to one thread.
 */
public final class RecordReader implements AutoCloseable {

    private final ObjectLimits limits;
    private final Unpacker unpacker;
    private final RecordFinder finder = new RecordFinder();

    /** A reader with these limits on one object. */
    public RecordReader(ObjectLimits limits) {
        this.limits = limits;
        unpacker = new Unpacker(limits);
    }

    /**
     * Reads a file.
     *
     * @return how many records it has, rejected ones included
     */
    public long read(Path file, RecordSink sink) throws IOException {
        try (InputStream in = Files.newInputStream(file)) {
            byte[] stored = in.readNBytes(limits.maxBytes() + 1);
            return read(file.toString().replace('\\', '/'), stored, stored.length, sink);
        }
    }

    /**
     * Reads an object; of an archive every file.
     *
     * @param name of the object, as a path
     * @return how many records it has, rejected ones included
     */
    public long read(String name, byte[] stored, int length, RecordSink sink) {
        ObjectContent content = unpacker.unpack(stored, length);
        if (!content.isArchive()) {
            return finder.find(content, name, sink);
        }
        long records = 0;
        PackedFiles archive = unpacker.open(content);
        for (PackedFiles.File file = archive.next(); file != null; file = archive.next()) {
            records += finder.find(file.content(), file.name(), sink);
        }
        ObjectContent.Break broken = archive.broken();
        if (broken != null) {
            sink.rejected(broken.reason(), broken.message(), broken.place(), stored, 0, 0);
            records++;
        }
        return records;
    }

    @Override
    public void close() {
        unpacker.close();
    }
}
