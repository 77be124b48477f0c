package io.trailwarden.app.pipeline;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import org.jspecify.annotations.Nullable;

/**
 * What is where in the data directory, and the lock that keeps a second process out.
 *
 * <p>The operating system holds the lock and drops it when the process ends in any way, so there is no stale one.
 */
public final class DataDirectory implements AutoCloseable {

    private final Path root;
    private final FileChannel channel;

    private DataDirectory(Path root, FileChannel channel) {
        this.root = root;
        this.channel = channel;
    }

    /**
     * Makes the directory where it is missing and locks it.
     *
     * @throws DataDirectoryException when another process has it, or it cannot be written
     */
    public static DataDirectory lock(Path root) {
        Path file = root.resolve("lock");
        FileChannel channel = null;
        try {
            createPrivate(root);
            channel = FileChannel.open(
                    file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
            FileLock lock = tryLock(channel);
            if (lock == null) {
                String owner = owner(channel);
                channel.close();
                throw new DataDirectoryException("data directory " + root + " is in use"
                        + (owner.isEmpty() ? "" : " by process " + owner)
                        + "; stop that process, or take another directory with --data");
            }
            channel.truncate(0);
            channel.write(
                    ByteBuffer.wrap(Long.toString(ProcessHandle.current().pid()).getBytes(StandardCharsets.US_ASCII)));
            return new DataDirectory(root, channel);
        } catch (IOException e) {
            closeQuietly(channel);
            throw new DataDirectoryException("data directory " + root + " cannot be used: " + e, e);
        }
    }

    /**
     * A new directory is its owner's alone, because records hold what nobody else should read. One that is there keeps
     * the rights that its owner gave it.
     */
    private static void createPrivate(Path root) throws IOException {
        if (Files.isDirectory(root)) {
            return;
        }
        Path parent = root.toAbsolutePath().getParent();
        if (parent != null) {
            Files.createDirectories(parent);
        }
        if (root.getFileSystem().supportedFileAttributeViews().contains("posix")) {
            Files.createDirectory(
                    root, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        } else {
            Files.createDirectory(root);
        }
    }

    /** The process that has this directory now; null when nobody has it. Needs no write access. */
    public static @Nullable String holder(Path root) throws IOException {
        Path file = root.resolve("lock");
        if (!Files.exists(file)) {
            return null;
        }
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            FileLock lock = tryLock(channel);
            if (lock == null) {
                return owner(channel);
            }
            lock.release();
            return null;
        }
    }

    /** The embedded broker's log; may be deleted while nothing runs. */
    public Path kafka() {
        return root.resolve("kafka");
    }

    /** Flink's checkpoints and scratch files. */
    public Path flink() {
        return root.resolve("flink");
    }

    /** Flink's checkpoints below a data directory. */
    public static Path checkpoints(Path root) {
        return root.resolve("flink").resolve("checkpoints");
    }

    /** How far the sources are read and stored. */
    public Path positions() {
        return root.resolve("positions.sqlite");
    }

    /** What the console knows, people's decisions among it. */
    public Path console() {
        return root.resolve("console.sqlite");
    }

    /** Which entries of reference data the files had when they were last published. */
    public Path publishedReference() {
        return root.resolve("reference.keys");
    }

    /** The directory itself. */
    public Path root() {
        return root;
    }

    /** Lets others have it. */
    @Override
    public void close() {
        closeQuietly(channel);
    }

    private static @Nullable FileLock tryLock(FileChannel channel) throws IOException {
        try {
            return channel.tryLock();
        } catch (OverlappingFileLockException e) {
            // Held by this very process.
            return null;
        }
    }

    private static String owner(FileChannel channel) throws IOException {
        ByteBuffer text = ByteBuffer.allocate(20);
        channel.read(text, 0);
        String owner = new String(text.array(), 0, text.position(), StandardCharsets.US_ASCII).strip();
        return owner.matches("[0-9]+") ? owner : "";
    }

    private static void closeQuietly(@Nullable FileChannel channel) {
        if (channel != null) {
            try {
                channel.close();
            } catch (IOException e) {
                // The lock goes with the process at the latest.
                return;
            }
        }
    }

    /** The directory cannot be used; the message says why and what to do. */
    public static final class DataDirectoryException extends RuntimeException {
        private static final long serialVersionUID = 1L;

        DataDirectoryException(String message) {
            super(message);
        }

        DataDirectoryException(String message, Throwable cause) {
            super(message, cause);
        }
    }
}
