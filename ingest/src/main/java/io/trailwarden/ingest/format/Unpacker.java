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
 * it is, for {@link Archive}; what is compressed in another way is refused by name. Reuses its inflater and its buffer;
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
    public Archive open(ObjectContent archive) {
        return new Archive(archive, this);
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
        int out = 0;
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
                return content(out, new Break(Reason.BAD_ENCODING, message, place(p)));
            }
            inflater.reset();
            inflater.setInput(in, body, length - body);
            crc.reset();
            int memberStart = out;
            try {
                while (!inflater.finished()) {
                    if (out == buffer.length) {
                        reserve(out + 1);
                    }
                    int made = inflater.inflate(buffer, out, Math.min(buffer.length, limits.maxBytes()) - out);
                    crc.update(buffer, out, made);
                    boolean start = out < TAR_HEADER && out + made >= TAR_HEADER;
                    out += made;
                    if (start && Signature.isTar(buffer, out)) {
                        // Not unpacked as a whole: its limits are those of the files in it.
                        return new ObjectContent(in, length, true, null, Signature.TAR_GZIP);
                    }
                    long read = body + inflater.getBytesRead();
                    if (out > ObjectLimits.RATIO_GRACE && out > read * limits.maxRatio()) {
                        return content(
                                out,
                                new Break(
                                        Reason.TOO_LARGE,
                                        "expands more than " + limits.maxRatio() + " times (the limit on compression)",
                                        place(read)));
                    }
                    if (out == limits.maxBytes() && !inflater.finished()) {
                        return content(out, tooLarge());
                    }
                    if (made == 0 && !inflater.finished() && inflater.needsInput()) {
                        return content(out, new Break(Reason.BAD_ENCODING, "the gzip data is cut off", place(length)));
                    }
                    if (made == 0 && inflater.needsDictionary()) {
                        return content(out, new Break(Reason.BAD_ENCODING, "the gzip data is damaged", place(read)));
                    }
                }
            } catch (DataFormatException e) {
                return content(
                        out,
                        new Break(
                                Reason.BAD_ENCODING,
                                "the gzip data is damaged: " + e.getMessage(),
                                place(body + inflater.getBytesRead())));
            }
            p = body + (int) inflater.getBytesRead();
            if (p + TRAILER > length) {
                return content(out, new Break(Reason.BAD_ENCODING, "the gzip data is cut off", place(length)));
            }
            if (int32(in, p) != (int) crc.getValue() || int32(in, p + 4) != out - memberStart) {
                return content(
                        out,
                        new Break(
                                Reason.BAD_ENCODING, "the gzip checksum or length does not match the data", place(p)));
            }
            p += TRAILER;
        }
        return content(out, null);
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
