package io.trailwarden.sigma.match;

import java.nio.charset.StandardCharsets;

/**
 * Unicode simple case folding, one code point to one, independent of the locale.
 *
 * <p>The Turkish dotted and dotless i keep apart from i, as in the Unicode file CaseFolding.txt (status C and S);
 * {@code ß} does not become {@code ss}.
 */
final class CaseFolding {

    private static final byte[] ASCII = new byte[128];

    static {
        for (int i = 0; i < 128; i++) {
            ASCII[i] = (byte) (i >= 'A' && i <= 'Z' ? i + 32 : i);
        }
    }

    /** By byte: itself. */
    static final byte[] AS_IT_IS = new byte[256];

    /** By byte: itself, of an upper-case letter of ASCII the lower-case one. */
    static final byte[] ASCII_FOLDED = new byte[256];

    static {
        for (int i = 0; i < 256; i++) {
            AS_IT_IS[i] = (byte) i;
            ASCII_FOLDED[i] = i < 128 ? ASCII[i] : (byte) i;
        }
    }

    private CaseFolding() {}

    static int fold(int codePoint) {
        if (codePoint < 128) {
            return codePoint < 0 ? codePoint : ASCII[codePoint];
        }
        if (codePoint == 0x130 || codePoint == 0x131) {
            return codePoint;
        }
        return Character.toLowerCase(Character.toUpperCase(codePoint));
    }

    /** Folds a byte of ASCII; others must not be given. */
    static byte foldAscii(byte b) {
        return ASCII[b];
    }

    /** The UTF-8 bytes of a text, folded. Lone surrogates keep their three bytes. */
    static byte[] folded(int[] codePoints) {
        byte[] out = new byte[codePoints.length * 4];
        int n = 0;
        for (int codePoint : codePoints) {
            n = encode(fold(codePoint), out, n);
        }
        return java.util.Arrays.copyOf(out, n);
    }

    static byte[] folded(String text) {
        return folded(text.codePoints().toArray());
    }

    static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    /** Writes one code point as UTF-8 and returns the position behind it; four bytes must be free. */
    static int encode(int codePoint, byte[] out, int at) {
        int n = at;
        if (codePoint < 0x80) {
            out[n++] = (byte) codePoint;
        } else if (codePoint < 0x800) {
            out[n++] = (byte) (0xC0 | codePoint >> 6);
            out[n++] = (byte) (0x80 | codePoint & 0x3F);
        } else if (codePoint < 0x10000) {
            out[n++] = (byte) (0xE0 | codePoint >> 12);
            out[n++] = (byte) (0x80 | codePoint >> 6 & 0x3F);
            out[n++] = (byte) (0x80 | codePoint & 0x3F);
        } else {
            out[n++] = (byte) (0xF0 | codePoint >> 18);
            out[n++] = (byte) (0x80 | codePoint >> 12 & 0x3F);
            out[n++] = (byte) (0x80 | codePoint >> 6 & 0x3F);
            out[n++] = (byte) (0x80 | codePoint & 0x3F);
        }
        return n;
    }

    /** How many bytes the character that begins with this byte takes, at least one. */
    static int length(byte lead) {
        int b = lead & 0xFF;
        return b < 0xC0 ? 1 : b < 0xE0 ? 2 : b < 0xF0 ? 3 : 4;
    }
}
