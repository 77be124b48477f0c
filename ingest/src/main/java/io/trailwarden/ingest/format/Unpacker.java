package io.trailwarden.ingest.format;

import io.trailwarden.event.DeadLetter.Reason;
import io.trailwarden.ingest.format.ObjectContent.Break;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.zip.CRC32;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;
import org.jspecify.annotations.Nullable;

/**
 * Makes text of what is stored: uncompresses gzip (RFC 1952), any number of members in a row, as Firehose writes them, and
 * gzip within gzip; decodes UTF-16 with a byte order mark. What is readable before a break is kept. An archive is left as
 * it is, for {@link PackedFiles}; what is compressed in another way is refused by name. Reuses its inflater and its buffer;
 * belongs to one thread.
 */
public final class Unpacker implements AutoCloseable {

    private static final int KEPT_BUFFER = 16 << 20;
    private static final int MAX_LAYERS = 3;
    private static final int HEADER = 10;
    private static final int TRAILER = 8;

    /** So much of an archive is looked at to know it as one. */
    private static final int TAR_HEADER = 512;

    private final ObjectLimits limits;
    private final Inflater inflater = new Inflater(true);
    private final CRC32 crc = new CRC32();
    private byte[] buffer = new byte[64 << 10];

    /** How much of the buffer is content. */
    private int filled;

    /** An unpacker with these limits. */
    public Unpacker(ObjectLimits limits) {
        this.limits = limits;
    }

    /**
     * The content of a stored object; the object itself where it is neither compressed nor encoded.
     *
     * @param stored the object's bytes as stored
     * @param length how many of them there are
     */
    public ObjectContent unpack(byte[] stored, int length) {
        if (!isGzip(stored, 0, length)) {
            boolean tooLong = length > limits.maxBytes();
            int read = Math.min(length, limits.maxBytes());
            return text(new ObjectContent(stored, read, false, tooLong ? tooLarge() : null, null));
        }
        byte[] in = stored;
        int inLength = length;
        for (int layer = 1; ; layer++) {
            if (buffer.length > KEPT_BUFFER || in == buffer) {
                buffer = new byte[64 << 10];
            }
            ObjectContent content = gunzip(in, inLength);
            if (content.signature() != null) {
                return content;
            }
            if (content.broken() != null || layer == MAX_LAYERS || !isGzip(content.bytes(), 0, content.length())) {
                return text(content);
            }
            in = content.bytes();
            inLength = content.length();
        }
    }

    /** Opens content that is an archive; until it is read, nothing else may be unpacked. */
    public PackedFiles open(ObjectContent archive) {
        return new PackedFiles(archive, this);
    }

    ObjectLimits limits() {
        return limits;
    }

    /** These bytes, which will not be overwritten by what is unpacked next. */
    byte[] keep(byte[] bytes) {
        if (bytes == buffer) {
            buffer = new byte[64 << 10];
        }
        return bytes;
    }

    /** Says what the content is if it is no text in UTF-8. */
    private ObjectContent text(ObjectContent content) {
        byte[] b = content.bytes();
        int length = content.length();
        Signature signature = Signature.of(b, length);
        if (signature != null) {
            Break broken = content.broken();
            if (signature.use == Signature.Use.REFUSED) {
                String why = signature.title + " is not read (expected: text in UTF-8 or UTF-16, gzip, tar or zip)";
                broken = new Break(Reason.UNRECOGNISED, why, "byte 0");
            }
            return new ObjectContent(b, length, true, broken, signature);
        }
        boolean littleEndian = length >= 2 && b[0] == (byte) 0xFF && b[1] == (byte) 0xFE;
        boolean bigEndian = length >= 2 && b[0] == (byte) 0xFE && b[1] == (byte) 0xFF;
        if (!littleEndian && !bigEndian) {
            return content;
        }
        Break broken = content.broken();
        if (broken == null && length % 2 != 0) {
            broken =
                    new Break(Reason.BAD_ENCODING, "UTF-16 text that ends in half a character", "byte " + (length - 1));
        }
        Charset charset = littleEndian ? StandardCharsets.UTF_16LE : StandardCharsets.UTF_16BE;
        byte[] utf8 = new String(b, 2, (length - 2) & ~1, charset).getBytes(StandardCharsets.UTF_8);
        return new ObjectContent(utf8, utf8.length, true, broken, null);
    }

    /** Whether these bytes start like gzip. */
    static boolean isGzip(byte[] b, int from, int to) {
        return to - from > 2 && b[from] == 0x1f && (b[from + 1] & 0xff) == 0x8b && b[from + 2] == 8;
    }

    private ObjectContent gunzip(byte[] in, int length) {
        int p = 0;
        filled = 0;
        reserve(expectedSize(in, length));
        while (p < length) {
            int body = header(in, p, length);
            if (body < 0) {
                if (p > 0 && isPadding(in, p, length)) {
                    break;
                }
                String message = p == 0 || isGzip(in, p, length)
                        ? "the gzip header is cut off"
                        : "bytes that are no gzip follow the compressed data";
                return broken(message, p);
            }
            int memberStart = filled;
            ObjectContent ended = inflate(in, body, length);
            if (ended != null) {
                return ended;
            }
            p = body + (int) inflater.getBytesRead();
            if (p + TRAILER > length) {
                return broken("the gzip data is cut off", length);
            }
            if (int32(in, p) != (int) crc.getValue() || int32(in, p + 4) != filled - memberStart) {
                return broken("the gzip checksum or length does not match the data", p);
            }
            p += TRAILER;
        }
        return content(filled, null);
    }

    /** Inflates one member behind what is in the buffer; null if it was read to its end. */
    private @Nullable ObjectContent inflate(byte[] in, int body, int length) {
        inflater.reset();
        inflater.setInput(in, body, length - body);
        crc.reset();
        while (!inflater.finished()) {
            if (filled == buffer.length) {
                reserve(filled + 1);
            }
            int made;
            try {
                made = inflater.inflate(buffer, filled, Math.min(buffer.length, limits.maxBytes()) - filled);
            } catch (DataFormatException e) {
                return broken("the gzip data is damaged: " + e.getMessage(), body + inflater.getBytesRead());
            }
            crc.update(buffer, filled, made);
            boolean header = filled < TAR_HEADER && filled + made >= TAR_HEADER;
            filled += made;
            if (header && Signature.isTar(buffer, filled)) {
                // Not unpacked as a whole: its limits are those of the files in it.
                return new ObjectContent(in, length, true, null, Signature.TAR_GZIP);
            }
            long read = body + inflater.getBytesRead();
            if (filled > ObjectLimits.RATIO_GRACE && filled > read * limits.maxRatio()) {
                String why = "expands more than " + limits.maxRatio() + " times (the limit on compression)";
                return content(filled, new Break(Reason.TOO_LARGE, why, place(read)));
            }
            if (filled == limits.maxBytes() && !inflater.finished()) {
                return content(filled, tooLarge());
            }
            if (made == 0 && !inflater.finished() && inflater.needsInput()) {
                return broken("the gzip data is cut off", length);
            }
            if (made == 0 && inflater.needsDictionary()) {
                return broken("the gzip data is damaged", read);
            }
        }
        return null;
    }

    private ObjectContent broken(String why, long compressedByte) {
        return content(filled, new Break(Reason.BAD_ENCODING, why, place(compressedByte)));
    }

    private ObjectContent content(int length, @Nullable Break broken) {
        return new ObjectContent(buffer, length, true, broken, null);
    }

    private Break tooLarge() {
        return new Break(
                Reason.TOO_LARGE,
                "larger than " + limits.maxBytes() + " bytes uncompressed; what comes after was not read",
                "byte " + limits.maxBytes());
    }

    private static String place(long compressedByte) {
        return "compressed byte " + compressedByte;
    }

    /** The trailer of the last member says how long it is; only a hint, since it is written by a stranger. */
    private int expectedSize(byte[] in, int length) {
        if (length < HEADER + TRAILER) {
            return 0;
        }
        long hint = int32(in, length - 4) & 0xFFFF_FFFFL;
        return (int) Math.min(Math.min(hint + 1, 40L * length), limits.maxBytes());
    }

    private void reserve(int size) {
        if (size > buffer.length) {
            long doubled = Math.max(size, Math.min(2L * buffer.length, limits.maxBytes()));
            buffer = Arrays.copyOf(buffer, (int) doubled);
        }
    }

    /** The index after the member's header; negative if there is none. */
    private static int header(byte[] in, int p, int length) {
        if (!isGzip(in, p, length) || length - p < HEADER) {
            return -1;
        }
        int flags = in[p + 3];
        int q = p + HEADER;
        if ((flags & 4) != 0) {
            if (q + 2 > length) {
                return -1;
            }
            q += 2 + (in[q] & 0xff) + ((in[q + 1] & 0xff) << 8);
        }
        for (int text = flags & (8 | 16); text != 0; text &= text - 1) {
            while (q < length && in[q] != 0) {
                q++;
            }
            q++;
        }
        if ((flags & 2) != 0) {
            q += 2;
        }
        return q > length ? -1 : q;
    }

    private static boolean isPadding(byte[] in, int p, int length) {
        for (int i = p; i < length; i++) {
            if (in[i] != 0) {
                return false;
            }
        }
        return true;
    }

    private static int int32(byte[] in, int p) {
        return in[p] & 0xff | (in[p + 1] & 0xff) << 8 | (in[p + 2] & 0xff) << 16 | in[p + 3] << 24;
    }

    /** Frees the inflater's native memory. */
    @Override
    public void close() {
        inflater.end();
    }
}
