package io.trailwarden.ingest.format;

import java.util.Arrays;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/** What is known by its first bytes to be no text: archives, which are opened; what is refused by name; what is ignored. */
public enum Signature {
    ZIP(Use.ARCHIVE, "a zip archive", "504b0304"),
    EMPTY_ZIP(Use.ARCHIVE, "a zip archive", "504b0506"),
    TAR(Use.ARCHIVE, "a tar archive", ""),
    TAR_GZIP(Use.ARCHIVE, "a tar archive", ""),

    BZIP2(Use.REFUSED, "bzip2", "425a68"),
    XZ(Use.REFUSED, "xz", "fd377a585a00"),
    ZSTANDARD(Use.REFUSED, "Zstandard", "28b52ffd"),
    LZ4(Use.REFUSED, "LZ4", "04224d18"),
    LZIP(Use.REFUSED, "lzip", "4c5a4950"),
    SNAPPY(Use.REFUSED, "Snappy", "ff060000734e61507059"),
    COMPRESS(Use.REFUSED, "compress (.Z)", "1f9d"),
    SEVEN_ZIP(Use.REFUSED, "7-Zip", "377abcaf271c"),
    RAR(Use.REFUSED, "RAR", "526172211a07"),
    PARQUET(Use.REFUSED, "Parquet", "50415231"),
    ORC(Use.REFUSED, "ORC", "4f524311"),
    ORC_SHORT(Use.REFUSED, "ORC", "4f5243"),
    AVRO(Use.REFUSED, "Avro", "4f626a01"),
    SQLITE(Use.REFUSED, "SQLite", "53514c69746520666f726d6174203300"),
    UTF_32_LE(Use.REFUSED, "UTF-32 text", "fffe0000"),
    UTF_32_BE(Use.REFUSED, "UTF-32 text", "0000feff"),

    PNG(Use.IGNORED, "image", "89504e470d0a1a0a"),
    JPEG(Use.IGNORED, "image", "ffd8ff"),
    GIF(Use.IGNORED, "image", "47494638"),
    PDF(Use.IGNORED, "PDF document", "255044462d"),
    APPLE_DOUBLE(Use.IGNORED, "file of macOS about another", "00051607"),
    DS_STORE(Use.IGNORED, "file of macOS about a folder", "0000000142756431");

    /** What becomes of such an object. */
    enum Use {
        ARCHIVE,
        REFUSED,
        IGNORED
    }

    private static final Signature[] ALL = values();
    private static final int TAR_BLOCK = 512;

    /** Tar pads to its blocking factor, which nobody makes larger. */
    private static final int MAX_EMPTY_TAR = 1 << 20;

    final Use use;
    final String title;
    private final byte[] magic;

    Signature(Use use, String title, String magic) {
        this.use = use;
        this.title = title;
        this.magic = HexFormat.of().parseHex(magic);
    }

    /** What these bytes start like; null if it may be text. */
    static @Nullable Signature of(byte[] b, int length) {
        if (length == 0 || b[0] == '{' || b[0] == '[') {
            return null;
        }
        for (Signature signature : ALL) {
            byte[] magic = signature.magic;
            if (magic.length > 0
                    && length >= magic.length
                    && Arrays.equals(b, 0, magic.length, magic, 0, magic.length)
                    && signature.isPlausible(b, length)) {
                return signature;
            }
        }
        return isTar(b, length) || isEmptyTar(b, length) ? TAR : null;
    }

    /** Texts can start with the letters of some. */
    private boolean isPlausible(byte[] b, int length) {
        return switch (this) {
            case BZIP2 -> length > 9 && b[3] >= '1' && b[3] <= '9' && (b[4] == 0x31 || b[4] == 0x17);
            case PARQUET -> length > 12 && startsAt(b, length - 4);
            case ORC_SHORT -> length > 3 && b[3] < ' ' && b[3] != '\n' && b[3] != '\r' && b[3] != '\t';
            default -> true;
        };
    }

    private boolean startsAt(byte[] b, int at) {
        return Arrays.equals(b, at, at + magic.length, magic, 0, magic.length);
    }

    /** Nothing but zeros, as many as tar writes at the end. */
    private static boolean isEmptyTar(byte[] b, int length) {
        boolean zeros = length >= 2 * TAR_BLOCK && length <= MAX_EMPTY_TAR && length % TAR_BLOCK == 0;
        for (int p = 0; zeros && p < length; p++) {
            zeros = b[p] == 0;
        }
        return zeros;
    }

    /** Whether a tar archive starts here: a header whose checksum is right. */
    static boolean isTar(byte[] b, int length) {
        if (length < TAR_BLOCK) {
            return false;
        }
        int sum = 0;
        for (int p = 0; p < TAR_BLOCK; p++) {
            boolean checksum = p >= 148 && p < 156;
            sum += checksum ? ' ' : b[p] & 0xFF;
        }
        int written = 0;
        int p = 148;
        while (p < 156 && b[p] == ' ') {
            p++;
        }
        for (; p < 156 && b[p] >= '0' && b[p] <= '7'; p++) {
            written = written * 8 + b[p] - '0';
        }
        return written == sum;
    }
}
