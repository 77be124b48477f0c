package io.trailwarden.ingest.format;

import io.trailwarden.event.DeadLetter.Reason;
import io.trailwarden.ingest.format.ObjectContent.Break;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.HashSet;
import java.util.Objects;
import java.util.Set;
import java.util.zip.GZIPInputStream;
import org.apache.commons.compress.archivers.ArchiveEntry;
import org.apache.commons.compress.archivers.ArchiveInputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.apache.commons.compress.archivers.zip.ZipArchiveInputStream;
import org.jspecify.annotations.Nullable;

/**
 * The files in a tar or zip archive, also those of archives in it, in one pass over its bytes. Each is an object with a name
 * of its own; the limits on objects hold for each, and those on expansion for the archive as a whole. Folders and links
 * hold nothing and are passed over. After a break there are no more files; what came before is good.
 *
 * <p>Belongs to one thread. Its unpacker, which gave the content, unpacks nothing else meanwhile.
 */
public final class PackedFiles {

    private static final int MAX_NESTING = 3;
    private static final int MAX_FILES = 100_000;
    /** The end of a zip archive, with the longest comment. */
    private static final int MAX_ZIP_END = 22 + 65_535;

    private static final int MAX_NAME = 1_024;
    private static final String WITHIN = "!/";

    /**
     * A file in an archive.
     *
     * @param name unique in the archive; of a file in an archive in it, {@code inner.zip!/file}
     * @param content as an unpacker has it; never an archive
     */
    public record File(String name, ObjectContent content) {}

    private static final class Level {
        private final String prefix;
        private final ArchiveInputStream<? extends ArchiveEntry> stream;
        private byte[] buffer = new byte[64 << 10];

        Level(String prefix, ArchiveInputStream<? extends ArchiveEntry> stream) {
            this.prefix = prefix;
            this.stream = stream;
        }

        String archive() {
            return prefix.substring(0, Math.max(0, prefix.length() - WITHIN.length()));
        }
    }

    private final Unpacker unpacker;
    private final ObjectLimits limits;
    private final long maxUnpacked;
    private final Deque<Level> levels = new ArrayDeque<>();
    private final Set<String> names = new HashSet<>();
    private long unpacked;
    private @Nullable Break broken;

    /** Opens this content, which is an archive. */
    public PackedFiles(ObjectContent content, Unpacker unpacker) {
        this.unpacker = unpacker;
        this.limits = unpacker.limits();
        maxUnpacked = Math.max(ObjectLimits.RATIO_GRACE, (long) content.length() * limits.maxRatio());
        broken = content.broken() == null && isCutOff(content)
                ? new Break(Reason.BAD_ENCODING, "the archive is cut off", "byte " + content.length())
                : content.broken();
        open("", content);
    }

    /** The next file; null if there is none, or if the rest cannot be read. */
    public @Nullable File next() {
        while (!levels.isEmpty()) {
            Level level = levels.getLast();
            try {
                ArchiveEntry entry = level.stream.getNextEntry();
                if (entry == null) {
                    levels.removeLast();
                } else if (isFile(entry)) {
                    File file = read(level, entry);
                    if (!file.content().isArchive()) {
                        return file;
                    }
                    if (levels.size() == MAX_NESTING) {
                        return refused(
                                file.name(), Reason.TOO_DEEP, "archives within archives, more than " + MAX_NESTING);
                    }
                    open(file.name() + WITHIN, file.content());
                }
            } catch (IOException | RuntimeException e) {
                // The library meets what strangers wrote: whatever it throws, the rest cannot be read.
                String why = "the archive is damaged: " + e.getMessage();
                levels.removeLast();
                if (!levels.isEmpty()) {
                    return refused(level.archive(), Reason.BAD_ENCODING, why);
                }
                end(new Break(Reason.BAD_ENCODING, why, "after file " + names.size()));
            }
        }
        return null;
    }

    /** What ended the reading before the archive's end; null if nothing did. */
    public @Nullable Break broken() {
        return broken;
    }

    private void open(String prefix, ObjectContent content) {
        InputStream in = new ByteArrayInputStream(unpacker.keep(content.bytes()), 0, content.length());
        try {
            levels.addLast(new Level(
                    prefix,
                    switch (Objects.requireNonNull(content.signature(), "only an archive is opened")) {
                        case TAR -> new TarArchiveInputStream(in, "UTF-8");
                        case TAR_GZIP -> new TarArchiveInputStream(new GZIPInputStream(in, 64 << 10), "UTF-8");
                        default -> new ZipArchiveInputStream(in, "UTF-8", true, true);
                    }));
        } catch (IOException e) {
            end(new Break(Reason.BAD_ENCODING, "the archive cannot be opened: " + e.getMessage(), prefix));
        }
    }

    /** Whether the mark at the end is missing, without which files that are missing would be missed by nobody. */
    private static boolean isCutOff(ObjectContent content) {
        byte[] b = content.bytes();
        int length = content.length();
        if (content.signature() == Signature.TAR) {
            for (int p = length - 512; p < length; p++) {
                if (b[p] != 0) {
                    return true;
                }
            }
            return false;
        }
        boolean zip = content.signature() != Signature.TAR_GZIP;
        return zip && !Bytes.contains(b, Math.max(0, length - MAX_ZIP_END), length, "PK\005\006");
    }

    private static boolean isFile(ArchiveEntry entry) {
        boolean special = entry instanceof TarArchiveEntry tar
                && (tar.isSymbolicLink()
                        || tar.isLink()
                        || tar.isFIFO()
                        || tar.isBlockDevice()
                        || tar.isCharacterDevice());
        return !special && !entry.isDirectory();
    }

    private File read(Level level, ArchiveEntry entry) throws IOException {
        String name = unique(level.prefix + entry.getName());
        if (names.size() > MAX_FILES) {
            end(new Break(Reason.TOO_LARGE, "more than " + MAX_FILES + " files; what comes after was not read", name));
            return refused(name, Reason.TOO_LARGE, "the archive has more than " + MAX_FILES + " files");
        }
        if (!level.stream.canReadEntryData(entry)) {
            return refused(name, Reason.BAD_ENCODING, "encrypted, or compressed in a way that is not read");
        }
        int length = 0;
        Break cut = null;
        try {
            while (length <= limits.maxBytes()) {
                if (length == level.buffer.length) {
                    long longer = Math.min(2L * length, limits.maxBytes() + 1L);
                    level.buffer = Arrays.copyOf(level.buffer, (int) longer);
                }
                int read = level.stream.read(level.buffer, length, level.buffer.length - length);
                if (read < 0) {
                    break;
                }
                length += read;
                unpacked += read;
                if (unpacked > maxUnpacked) {
                    String why =
                            "the archive expands more than " + limits.maxRatio() + " times (the limit on compression)";
                    cut = new Break(Reason.TOO_LARGE, why, name);
                    levels.clear();
                    break;
                }
            }
        } catch (IOException e) {
            cut = new Break(Reason.BAD_ENCODING, "the archive is damaged here: " + e.getMessage(), name);
            levels.remove(level);
        }
        ObjectContent content = unpacker.unpack(level.buffer, length);
        if (cut == null) {
            return new File(name, content);
        }
        boolean text = content.signature() == null;
        return new File(name, new ObjectContent(content.bytes(), text ? content.length() : 0, true, cut, null));
    }

    private void end(Break why) {
        broken = broken == null ? why : broken;
        levels.clear();
    }

    private static File refused(String name, Reason reason, String why) {
        return new File(name, new ObjectContent(new byte[0], 0, true, new Break(reason, why, name), null));
    }

    /** Names are written by strangers: they may be long, and one may come twice. */
    private String unique(String name) {
        String shown = name.length() <= MAX_NAME ? name : name.substring(0, MAX_NAME) + "…";
        String unique = shown;
        for (int i = names.size() + 1; !names.add(unique); i++) {
            unique = shown + '#' + i;
        }
        return unique;
    }
}
