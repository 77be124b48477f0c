package io.trailwarden.storage.files;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.apache.iceberg.exceptions.AlreadyExistsException;
import org.apache.iceberg.exceptions.NotFoundException;
import org.apache.iceberg.io.FileInfo;
import org.apache.iceberg.io.InputFile;
import org.apache.iceberg.io.OutputFile;
import org.apache.iceberg.io.PositionOutputStream;
import org.apache.iceberg.io.SeekableInputStream;
import org.apache.iceberg.io.SupportsPrefixOperations;

/**
 * The tables' files on a local disk, without Hadoop: a file that was closed is on the disk (itself and its directory
 * entry are fsynced) and can no longer be written (mode 0444). Locations are absolute paths, with or without
 * {@code file:}.
 *
 * <p>Public because Iceberg makes it by name.
 */
public final class LocalFileIO implements SupportsPrefixOperations {

    private static final long serialVersionUID = 1L;
    private static final int BUFFER = 1 << 16;

    /** Made by Iceberg. */
    public LocalFileIO() {}

    /** The path that a location names. */
    public static Path path(String location) {
        if (!location.startsWith("file:")) {
            return Path.of(location);
        }
        int start = "file:".length();
        while (location.startsWith("//", start)) {
            start++;
        }
        return Path.of(location.substring(start));
    }

    @Override
    public InputFile newInputFile(String location) {
        return new Input(location, path(location));
    }

    @Override
    public OutputFile newOutputFile(String location) {
        return new Output(location, path(location));
    }

    @Override
    public void deleteFile(String location) {
        try {
            Files.deleteIfExists(path(location));
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot delete " + location, e);
        }
    }

    /** Every file under the prefix; files that vanish while listing are left out. */
    @Override
    public Iterable<FileInfo> listPrefix(String prefix) {
        List<FileInfo> found = new ArrayList<>();
        Path root = path(prefix);
        boolean scheme = prefix.startsWith("file:");
        if (!Files.exists(root)) {
            return found;
        }
        walk(root, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
                found.add(new FileInfo(
                        (scheme ? "file://" : "") + file,
                        attributes.size(),
                        attributes.lastModifiedTime().toMillis()));
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFileFailed(Path file, IOException e) throws IOException {
                if (e instanceof NoSuchFileException) {
                    return FileVisitResult.CONTINUE;
                }
                throw e;
            }
        });
        return found;
    }

    @Override
    public void deletePrefix(String prefix) {
        for (FileInfo file : listPrefix(prefix)) {
            deleteFile(file.location());
        }
    }

    private static void walk(Path root, SimpleFileVisitor<Path> visitor) {
        try {
            Files.walkFileTree(root, visitor);
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot list " + root, e);
        }
    }

    /** Makes the directory's entries durable; file systems that cannot are left alone. */
    static void syncDirectory(Path directory) {
        try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
            channel.force(true);
        } catch (IOException e) {
            // Windows cannot open a directory; there is nothing to sync then.
        }
    }

    private record Input(String location, Path path) implements InputFile {
        @Override
        public long getLength() {
            try {
                return Files.size(path);
            } catch (IOException e) {
                throw missing(location, e);
            }
        }

        @Override
        public SeekableInputStream newStream() {
            try {
                return new Reader(FileChannel.open(path, StandardOpenOption.READ));
            } catch (IOException e) {
                throw missing(location, e);
            }
        }

        @Override
        public boolean exists() {
            return Files.exists(path);
        }

        private static RuntimeException missing(String location, IOException e) {
            return e instanceof NoSuchFileException
                    ? new NotFoundException(e, "File does not exist: %s", location)
                    : new UncheckedIOException("Cannot read " + location, e);
        }
    }

    /** A location is absolute and names a file, so there is always one. */
    private static Path directoryOf(Path file) {
        return Objects.requireNonNull(file.getParent(), file::toString);
    }

    private record Output(String location, Path path) implements OutputFile {
        @Override
        public PositionOutputStream create() {
            try {
                Path directory = directoryOf(path);
                if (!Files.isDirectory(directory)) {
                    createDurably(directory);
                }
                return new Writer(
                        path, FileChannel.open(path, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE), path);
            } catch (FileAlreadyExistsException e) {
                throw new AlreadyExistsException(e, "File exists already: %s", location);
            } catch (IOException e) {
                throw new UncheckedIOException("Cannot write " + location, e);
            }
        }

        @Override
        public PositionOutputStream createOrOverwrite() {
            try {
                Path directory = directoryOf(path);
                if (!Files.isDirectory(directory)) {
                    createDurably(directory);
                }
                Path temporary = Files.createTempFile(directory, ".", ".tmp");
                return new Writer(temporary, FileChannel.open(temporary, StandardOpenOption.WRITE), path);
            } catch (IOException e) {
                throw new UncheckedIOException("Cannot write " + location, e);
            }
        }

        private static void createDurably(Path directory) throws IOException {
            Path parent = directory.getParent();
            if (parent != null && !Files.isDirectory(parent)) {
                createDurably(parent);
            }
            Files.createDirectories(directory);
            if (parent != null) {
                syncDirectory(parent);
            }
        }

        @Override
        public InputFile toInputFile() {
            return new Input(location, path);
        }
    }

    private static final class Writer extends PositionOutputStream {
        private final Path written;
        private final Path target;
        private final FileChannel channel;
        private final ByteBuffer buffer = ByteBuffer.allocate(BUFFER);
        private long flushed;
        private boolean closed;

        Writer(Path written, FileChannel channel, Path target) {
            this.written = written;
            this.channel = channel;
            this.target = target;
        }

        @Override
        public long getPos() {
            return flushed + buffer.position();
        }

        @Override
        public void write(int b) throws IOException {
            if (!buffer.hasRemaining()) {
                drain();
            }
            buffer.put((byte) b);
        }

        @Override
        public void write(byte[] bytes, int offset, int length) throws IOException {
            if (length > buffer.remaining()) {
                drain();
            }
            if (length > buffer.remaining()) {
                writeFully(ByteBuffer.wrap(bytes, offset, length));
                flushed += length;
            } else {
                buffer.put(bytes, offset, length);
            }
        }

        @Override
        public void flush() throws IOException {
            drain();
        }

        private void drain() throws IOException {
            buffer.flip();
            flushed += buffer.remaining();
            writeFully(buffer);
            buffer.clear();
        }

        private void writeFully(ByteBuffer bytes) throws IOException {
            while (bytes.hasRemaining()) {
                channel.write(bytes);
            }
        }

        @Override
        public void close() throws IOException {
            if (closed) {
                return;
            }
            closed = true;
            try (channel) {
                drain();
                channel.force(true);
            }
            if (Files.getFileStore(written).supportsFileAttributeView("posix")) {
                Files.setPosixFilePermissions(written, PosixFilePermissions.fromString("r--r--r--"));
            }
            if (!written.equals(target)) {
                Files.move(written, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
            }
            syncDirectory(directoryOf(target));
        }
    }

    private static final class Reader extends SeekableInputStream {
        private final FileChannel channel;
        private final ByteBuffer buffer = ByteBuffer.allocate(BUFFER).limit(0);
        private long position;

        Reader(FileChannel channel) {
            this.channel = channel;
        }

        @Override
        public long getPos() {
            return position;
        }

        @Override
        public void seek(long target) throws IOException {
            if (target < 0 || target > channel.size()) {
                throw new FileNotFoundException("Cannot seek to " + target + " of " + channel.size());
            }
            position = target;
            buffer.limit(0);
        }

        @Override
        public int read() throws IOException {
            if (!buffer.hasRemaining() && !fill()) {
                return -1;
            }
            position++;
            return buffer.get() & 0xff;
        }

        @Override
        public int read(byte[] bytes, int offset, int length) throws IOException {
            if (length == 0) {
                return 0;
            }
            if (!buffer.hasRemaining()) {
                if (length >= BUFFER) {
                    int read = channel.read(ByteBuffer.wrap(bytes, offset, length), position);
                    position += Math.max(read, 0);
                    return read;
                }
                if (!fill()) {
                    return -1;
                }
            }
            int read = Math.min(length, buffer.remaining());
            buffer.get(bytes, offset, read);
            position += read;
            return read;
        }

        private boolean fill() throws IOException {
            buffer.clear();
            int read = channel.read(buffer, position);
            buffer.flip();
            return read > 0;
        }

        @Override
        public void close() throws IOException {
            channel.close();
        }
    }
}
