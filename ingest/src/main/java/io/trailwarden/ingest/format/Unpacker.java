package io.trailwarden.ingest.format;

import io.trailwarden.event.DeadLetter.Reason;
import io.trailwarden.ingest.format.ObjectContent.Break;
import java.util.Arrays;
import java.util.zip.CRC32;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;
import org.jspecify.annotations.Nullable;

/**
 * Uncompresses gzip (RFC 1952): any number of members in a row, as Firehose writes them, and gzip within gzip. What is
 * readable before a break is kept. Reuses its inflater and its buffer; belongs to one thread.
 */
public final class Unpacker implements AutoCloseable {

    private static final int KEPT_BUFFER = 16 << 20;
    private static final int MAX_LAYERS = 3;
    private static final int HEADER = 10;
    private static final int TRAILER = 8;

    private final ObjectLimits limits;
    private final Inflater inflater = new Inflater(true);
    private final CRC32 crc = new CRC32();
    private byte[] buffer = new byte[64 << 10];

    /** An unpacker with these limits. */
    public Unpacker(ObjectLimits limits) {
        this.limits = limits;
    }

    /**
     * The content of a stored object; the object itself where it is not compressed.
     *
     * @param stored the object's bytes as stored
     * @param length how many of them there are
     */
    public ObjectContent unpack(byte[] stored, int length) {
        if (!isGzip(stored, 0, length)) {
            if (length > limits.maxBytes()) {
                return new ObjectContent(stored, limits.maxBytes(), false, tooLarge());
            }
            return new ObjectContent(stored, length, false, null);
        }
        byte[] in = stored;
        int inLength = length;
        for (int layer = 1; ; layer++) {
            if (buffer.length > KEPT_BUFFER || in == buffer) {
                buffer = new byte[64 << 10];
            }
            ObjectContent content = gunzip(in, inLength);
            if (content.broken() != null || layer == MAX_LAYERS || !isGzip(content.bytes(), 0, content.length())) {
                return content;
            }
            in = content.bytes();
            inLength = content.length();
        }
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
                    out += made;
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
        return new ObjectContent(buffer, length, true, broken);
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
