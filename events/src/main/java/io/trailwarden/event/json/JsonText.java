package io.trailwarden.event.json;

import java.nio.charset.StandardCharsets;

/** Decodes the inside of JSON strings. */
final class JsonText {

    private static final char REPLACEMENT = '\uFFFD';
    private static final int EXCERPT = 80;

    private JsonText() {}

    /** The text between two quotes whose escapes are known to be well formed. */
    static String decode(byte[] bytes, int from, int to) {
        int p = from;
        while (p < to && bytes[p] != '\\') {
            p++;
        }
        if (p == to) {
            return new String(bytes, from, to - from, StandardCharsets.UTF_8);
        }
        StringBuilder text = new StringBuilder(to - from);
        int plain = from;
        while (p < to) {
            if (bytes[p] != '\\') {
                p++;
                continue;
            }
            text.append(new String(bytes, plain, p - plain, StandardCharsets.UTF_8));
            char c = (char) bytes[p + 1];
            p += 2;
            switch (c) {
                case 'b' -> text.append('\b');
                case 'f' -> text.append('\f');
                case 'n' -> text.append('\n');
                case 'r' -> text.append('\r');
                case 't' -> text.append('\t');
                case 'u' -> {
                    char unit = unit(bytes, p);
                    p += 4;
                    if (Character.isHighSurrogate(unit)
                            && p + 6 <= to
                            && bytes[p] == '\\'
                            && bytes[p + 1] == 'u'
                            && Character.isLowSurrogate(unit(bytes, p + 2))) {
                        text.append(unit).append(unit(bytes, p + 2));
                        p += 6;
                    } else {
                        text.append(Character.isSurrogate(unit) ? REPLACEMENT : unit);
                    }
                }
                default -> text.append(c);
            }
            plain = p;
        }
        return text.append(new String(bytes, plain, to - plain, StandardCharsets.UTF_8))
                .toString();
    }

    private static char unit(byte[] bytes, int p) {
        return (char) (hex(bytes[p]) << 12 | hex(bytes[p + 1]) << 8 | hex(bytes[p + 2]) << 4 | hex(bytes[p + 3]));
    }

    /** The value of a hex digit; negative if it is none. */
    static int hex(int c) {
        if (c >= '0' && c <= '9') {
            return c - '0';
        }
        int lower = c | 0x20;
        return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
    }

    /** A byte, readable in a message. */
    static String show(byte b) {
        return b > ' ' && b < 0x7F ? "'" + (char) b + "'" : String.format(java.util.Locale.ROOT, "0x%02x", b & 0xFF);
    }

    /** The beginning of a long text. */
    static String excerpt(String text) {
        return text.length() <= EXCERPT ? text : text.substring(0, EXCERPT) + "…";
    }
}
