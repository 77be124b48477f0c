package io.trailwarden.ingest.file;

import io.trailwarden.event.DeadLetter;
import io.trailwarden.event.text.VisibleText;
import io.trailwarden.ingest.Delivery;
import io.trailwarden.ingest.EventPublisher;
import io.trailwarden.ingest.FailPoint;
import io.trailwarden.ingest.IngestException;
import io.trailwarden.ingest.IngestProgress;
import io.trailwarden.ingest.Ingester;
import io.trailwarden.ingest.ObjectPublisher;
import io.trailwarden.ingest.Positions;
import io.trailwarden.ingest.format.ObjectContent;
import io.trailwarden.ingest.format.RecordFinder;
import io.trailwarden.ingest.format.Unpacker;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads files and folders: compressed or not, named anyhow, in the order of their names.
 *
 * <p>A file is known by its path, size and time of modification; if those changed but its content did not, it is not
 * published again. A file that grew goes on where it ended: what was appended is an object of its own, named
 * {@code path@byte}. Any other change makes it a new object.
 *
 * <p>Symbolic links are not followed, except an input itself: a link in a folder that strangers can write to could
 * point at any file of this machine. A file that cannot be read is a dead letter and is tried again on every pass.
 */
public final class FileIngester implements Ingester {

    private static final Logger LOG = LoggerFactory.getLogger(FileIngester.class);

    private static final int KEPT_BUFFER = 16 << 20;
    private static final int TAIL = 512;

    private record Found(Path path, String object, long size, long modified) {}

    /** How a file that is dated in the future was first seen. */
    private record Still(long size, long modified, long sinceNanos) {
        boolean isOf(Found file) {
            return size == file.size() && modified == file.modified();
        }
    }

    private record Unreadable(String object, String message) {}

    private final FileConfig config;
    private final Positions positions;
    private final Clock clock;
    private final ObjectPublisher objects;
    private final Unpacker unpacker;
    private final RecordFinder rehearsal = new RecordFinder();
    private final Map<String, String> reported = new HashMap<>();
    private final Map<Path, Still> dated = new HashMap<>();
    private final Set<Path> missing = new HashSet<>();
    private byte[] buffer = new byte[64 << 10];

    /**
     * Reads what the configuration names.
     *
     * @throws IngestException if an input does not exist
     */
    public FileIngester(FileConfig config, EventPublisher publisher, Positions positions, Clock clock)
            throws IngestException {
        this(config, publisher, positions, clock, FailPoint.Listener.NONE);
    }

    FileIngester(
            FileConfig config,
            EventPublisher publisher,
            Positions positions,
            Clock clock,
            FailPoint.Listener failPoints)
            throws IngestException {
        for (Path input : config.inputs()) {
            if (!Files.exists(input)) {
                throw new IngestException("input: \"" + input + "\" does not exist (expected: a file or folder)");
            }
        }
        this.config = config;
        this.positions = positions;
        this.clock = clock;
        objects = new ObjectPublisher(config.source(), publisher, positions, clock, failPoints);
        unpacker = new Unpacker(config.limits());
    }

    @Override
    public String source() {
        return config.source();
    }

    @Override
    public IngestProgress progress() {
        return objects.progress();
    }

    @Override
    public void pass() throws InterruptedException, IngestException {
        IngestException failed = null;
        boolean finished = false;
        try {
            for (Path input : config.inputs()) {
                List<Found> files = new ArrayList<>();
                List<Unreadable> unreadable = new ArrayList<>();
                try {
                    list(input, files, unreadable);
                    back(input);
                } catch (IngestException e) {
                    // The others are read all the same.
                    failed = e;
                    gone(input, e);
                }
                for (Unreadable file : unreadable) {
                    report(file.object(), file.message());
                }
                for (Found file : files) {
                    if (Thread.interrupted()) {
                        throw new InterruptedException("while reading " + file.path());
                    }
                    read(file);
                }
            }
            objects.finish();
            finished = true;
        } finally {
            if (!finished) {
                objects.reset();
            }
        }
        if (failed != null && !config.follow()) {
            throw failed;
        }
    }

    private void gone(Path input, IngestException why) {
        if (missing.add(input)) {
            LOG.warn(
                    "Input {} cannot be read and is looked for at every pass; the other inputs go on: {}",
                    VisibleText.of(input.toString()),
                    String.valueOf(why.getCause()));
        }
    }

    private void back(Path input) {
        if (missing.remove(input)) {
            LOG.info("Input {} is back and is read again", VisibleText.of(input.toString()));
        }
    }

    private void read(Found file) throws IngestException, InterruptedException {
        FilePosition last = FilePosition.decode(
                positions.newest(config.source(), file.path().toString()));
        if (last != null && last.isOf(file.size(), file.modified())) {
            dated.remove(file.path());
            objects.skipped();
            return;
        }
        try {
            if (last == null || !readAppended(file, last)) {
                readWhole(file, last);
            }
            reported.remove(file.object());
        } catch (NoSuchFileException e) {
            LOG.debug("{} is gone before it was read", file.path());
        } catch (IOException e) {
            report(file.object(), "the file cannot be read: " + e.getMessage());
        }
    }

    private void readWhole(Found file, @Nullable FilePosition last)
            throws IOException, IngestException, InterruptedException {
        int stored = load(file.path(), 0);
        ObjectContent content = unpacker.unpack(buffer, stored);
        boolean growing = isGrowing(file);
        if (growing) {
            content = completeLines(content);
            if (content.length() == 0) {
                return;
            }
        }
        String sha256 = objects.hash(content.bytes(), 0, content.length());
        if (last != null && sha256.equals(last.sha256())) {
            unchanged(file, last);
        } else {
            publish(file, file.object(), content, null, sha256, growing);
        }
    }

    /** Reads what was added to a known file; false if the file is not the known one with more at its end. */
    private boolean readAppended(Found file, FilePosition last)
            throws IOException, IngestException, InterruptedException {
        if (last.consumed() == 0 || last.tailLength() == 0 || file.size() < last.consumed()) {
            return false;
        }
        int known = last.tailLength();
        int loaded = load(file.path(), last.consumed() - known);
        if (loaded < known || !objects.hash(buffer, 0, known).equals(last.tail())) {
            return false;
        }
        int added = loaded - known;
        System.arraycopy(buffer, known, buffer, 0, added);
        ObjectContent content = plain(added);
        boolean growing = isGrowing(file);
        if (growing) {
            content = completeLines(content);
        }
        if (content.length() == 0) {
            if (!growing) {
                unchanged(file, last);
            }
            return true;
        }
        String sha256 = objects.hash(content.bytes(), 0, content.length());
        publish(file, file.object() + '@' + last.consumed(), content, last, sha256, growing);
        return true;
    }

    /** @param continued the position behind which the content starts; null if it is a file from its beginning */
    private void publish(
            Found file,
            String object,
            ObjectContent content,
            @Nullable FilePosition continued,
            String sha256,
            boolean growing)
            throws IngestException, InterruptedException {
        if (content.isArchive()) {
            String position = new FilePosition(file.size(), file.modified(), sha256, 0, 0, "").encode();
            objects.publishArchive(
                    object, unpacker.open(content), sha256, file.path().toString(), position);
            return;
        }
        boolean continuable = !content.compressed() && content.broken() == null;
        // A file that was still being written is looked at again even if nobody touches it any more.
        long modified = growing ? -1 : file.modified();
        objects.publish(object, content, sha256, file.path().toString(), openFrom -> {
            if (continued != null && openFrom == 0) {
                return continued.seen(file.size(), modified).encode();
            }
            int known = Math.min(openFrom, TAIL);
            String tail = objects.hash(content.bytes(), openFrom - known, openFrom);
            long start = continued == null ? 0 : continued.consumed();
            long consumed = continuable ? start + openFrom : 0;
            return new FilePosition(file.size(), modified, sha256, consumed, known, tail).encode();
        });
    }

    /** The file is what it was but for its time; nothing is published. */
    private void unchanged(Found file, FilePosition last) {
        FilePosition same = last.seen(file.size(), file.modified());
        positions.add(config.source(), file.path().toString(), same.encode(), new Delivery(), 0);
        objects.skipped();
    }

    private boolean isGrowing(Found file) {
        long now = clock.millis();
        if (!config.follow() || file.modified() <= now - config.settle().toMillis()) {
            return false;
        }
        if (file.modified() <= now) {
            return true;
        }
        // Its date will not come for long: it is complete when nothing has changed for as long as that takes.
        Still still = dated.compute(
                file.path(),
                (path, before) -> before != null && before.isOf(file)
                        ? before
                        : new Still(file.size(), file.modified(), System.nanoTime()));
        return System.nanoTime() - still.sinceNanos() < config.settle().toNanos();
    }

    /** As much of a growing file as ends in a complete line and a complete document. */
    private ObjectContent completeLines(ObjectContent content) {
        if (content.compressed() || content.broken() != null) {
            return ObjectContent.plain(content.bytes(), 0);
        }
        int end = content.length();
        while (end > 0 && content.bytes()[end - 1] != '\n') {
            end--;
        }
        rehearsal.find(content.bytes(), end, new Rehearsal());
        return ObjectContent.plain(content.bytes(), rehearsal.openFrom());
    }

    private ObjectContent plain(int length) {
        int limit = config.limits().maxBytes();
        return length <= limit ? ObjectContent.plain(buffer, length) : unpacker.unpack(buffer, length);
    }

    /** Reads the file from this byte on into the buffer; at most one byte more than is allowed. */
    private int load(Path path, long from) throws IOException {
        try (SeekableByteChannel channel =
                Files.newByteChannel(path, Set.of(StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS))) {
            // Some file systems say 0 of files that have content.
            long wanted = Math.max(
                    4096, Math.min(channel.size() - from, config.limits().maxBytes() + TAIL + 1L));
            if (wanted > buffer.length || buffer.length > KEPT_BUFFER) {
                buffer = new byte[(int) Math.max(wanted, 64 << 10)];
            }
            channel.position(from);
            ByteBuffer target = ByteBuffer.wrap(buffer, 0, (int) wanted);
            while (target.hasRemaining() && channel.read(target) >= 0) {
                // until the end
            }
            return target.position();
        }
    }

    private void report(String object, String message) throws IngestException, InterruptedException {
        if (!message.equals(reported.put(object, message))) {
            objects.publishUnreadable(object, DeadLetter.Reason.UNREADABLE, message);
        }
    }

    private static void list(Path input, List<Found> files, List<Unreadable> unreadable) throws IngestException {
        Path root;
        try {
            root = input.toRealPath();
        } catch (IOException e) {
            throw new IngestException("input: \"" + input + "\" cannot be opened", e);
        }
        try {
            Files.walkFileTree(root, new SimpleFileVisitor<>() {
                @Override
                public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
                    if (attributes.isRegularFile()) {
                        files.add(new Found(
                                file,
                                name(root, file),
                                attributes.size(),
                                attributes.lastModifiedTime().toMillis()));
                    } else {
                        LOG.debug("{} is not a regular file and is not read", file);
                    }
                    return FileVisitResult.CONTINUE;
                }

                @Override
                public FileVisitResult visitFileFailed(Path file, IOException e) {
                    if (!(e instanceof NoSuchFileException)) {
                        unreadable.add(new Unreadable(name(root, file), "cannot be opened: " + e.getMessage()));
                    }
                    return FileVisitResult.CONTINUE;
                }

                @Override
                public FileVisitResult postVisitDirectory(Path folder, @Nullable IOException e) {
                    if (e != null) {
                        unreadable.add(new Unreadable(name(root, folder), "cannot be listed: " + e.getMessage()));
                    }
                    return FileVisitResult.CONTINUE;
                }
            });
        } catch (IOException e) {
            throw new IngestException("input: \"" + input + "\" cannot be listed", e);
        }
        files.sort(Comparator.comparing(Found::object));
    }

    /** The path relative to the input with forward slashes; of an input that is a file, its name. */
    private static String name(Path root, Path file) {
        Path relative = root.equals(file) ? file.getFileName() : root.relativize(file);
        return relative == null ? file.toString() : relative.toString().replace('\\', '/');
    }

    @Override
    public void close() {
        unpacker.close();
    }
}
