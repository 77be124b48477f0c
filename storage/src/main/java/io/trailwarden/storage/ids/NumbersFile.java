package io.trailwarden.storage.ids;

import java.io.Closeable;
import java.io.IOException;
import java.lang.reflect.Field;
import java.nio.ByteBuffer;
import java.nio.LongBuffer;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * 64-bit numbers in a file that has no name any more: memory beyond the heap, which the operating system may write out
 * when it needs it for something else, and which is gone with the process however that ends. All are zero at first.
 *
 * <p>Not for several threads. After {@link #close} its numbers must not be touched: the process would end.
 */
final class NumbersFile implements Closeable {

    /** More bytes than this cannot be mapped in one piece. */
    static final long MAX_BYTES = Integer.MAX_VALUE;

    private static final Logger LOG = LoggerFactory.getLogger(NumbersFile.class);

    private final MappedByteBuffer mapped;

    private NumbersFile(MappedByteBuffer mapped) {
        this.mapped = mapped;
    }

    /**
     * Makes one.
     *
     * @param directory where the file is until it is open; made if it is missing
     * @param bytes how much it takes, at most {@link #MAX_BYTES}
     * @throws IOException when the directory cannot be written or the space is not there
     */
    static NumbersFile create(Path directory, long bytes) throws IOException {
        Files.createDirectories(directory);
        Path file = Files.createTempFile(directory, "trailwarden-ids-", ".tmp");
        try (FileChannel channel = FileChannel.open(
                file, StandardOpenOption.READ, StandardOpenOption.WRITE, StandardOpenOption.DELETE_ON_CLOSE)) {
            // Missing space is an exception here. In a file with holes it would end the process when a page is touched.
            ByteBuffer zeros = ByteBuffer.allocateDirect(1 << 20);
            for (long left = bytes; left > 0; ) {
                zeros.clear().limit((int) Math.min(zeros.capacity(), left));
                left -= channel.write(zeros);
            }
            return new NumbersFile(channel.map(FileChannel.MapMode.READ_WRITE, 0, bytes));
        }
    }

    LongBuffer numbers() {
        return mapped.asLongBuffer();
    }

    /** Gives the space back now, where Java still has a way to; else the garbage collector does, perhaps hours later. */
    @Override
    public void close() {
        try {
            Class<?> unsafe = Class.forName("sun.misc.Unsafe");
            Field instance = unsafe.getDeclaredField("theUnsafe");
            instance.setAccessible(true);
            unsafe.getMethod("invokeCleaner", ByteBuffer.class).invoke(instance.get(null), mapped);
        } catch (ReflectiveOperationException e) {
            LOG.debug("A file of ids is left to the garbage collector", e);
        }
    }
}
