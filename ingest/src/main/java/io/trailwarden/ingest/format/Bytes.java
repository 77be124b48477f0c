package io.trailwarden.ingest.format;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import java.util.Locale;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Looks at bytes of text without decoding them. Every range is from an index up to, not including, another. */
final class Bytes {

    private static final byte ESCAPE = 0x1B;

    /** A record separator (RFC 7464), which {@code jq --seq} writes before each document. */
    private static final byte SEPARATOR = 0x1E;

    private static final Pattern CONTROLS = Pattern.compile("[\\p{Cntrl}\\s]+");

    private Bytes() {}

    /** The index after white space. */
    static int space(byte[] b, int p, int to) {
        while (p < to && (b[p] == ' ' || b[p] == '\n' || b[p] == '\r' || b[p] == '\t')) {
            p++;
        }
        return p;
    }

    /** The index after what may stand between two documents: white space, byte order marks, record separators. */
    static int gap(byte[] b, int p, int to) {
        while (true) {
            p = space(b, p, to);
            if (p < to && b[p] == SEPARATOR) {
                p++;
            } else if (isByteOrderMark(b, p, to)) {
                p += 3;
            } else {
                return p;
            }
        }
    }

    private static boolean isByteOrderMark(byte[] b, int p, int to) {
        return to - p >= 3 && b[p] == (byte) 0xEF && b[p + 1] == (byte) 0xBB && b[p + 2] == (byte) 0xBF;
    }

    static int trimEnd(byte[] b, int from, int to) {
        int p = to;
        while (p > from && (b[p - 1] == ' ' || b[p - 1] == '\n' || b[p - 1] == '\r' || b[p - 1] == '\t')) {
            p--;
        }
        return p;
    }

    /** The index of this character; {@code to} if it is not there. */
    static int indexOf(byte[] b, char c, int from, int to) {
        int p = from;
        while (p < to && b[p] != c) {
            p++;
        }
        return p;
    }

    static boolean isAscii(byte[] b, int from, int to) {
        for (int p = from; p < to; p++) {
            if (b[p] < 0) {
                return false;
            }
        }
        return true;
    }

    static boolean startsWith(byte[] b, int from, int to, String ascii) {
        if (to - from < ascii.length()) {
            return false;
        }
        for (int i = 0; i < ascii.length(); i++) {
            if (b[from + i] != ascii.charAt(i)) {
                return false;
            }
        }
        return true;
    }

    static boolean contains(byte[] b, int from, int to, String ascii) {
        char first = ascii.charAt(0);
        for (int p = indexOf(b, first, from, to); p < to; p = indexOf(b, first, p + 1, to)) {
            if (startsWith(b, p, to, ascii)) {
                return true;
            }
        }
        return false;
    }

    /** {@code 2024-05-01T} or {@code 2024-05-01 }. */
    static boolean startsWithTime(byte[] b, int p, int to) {
        if (to - p < 11 || b[p + 4] != '-' || b[p + 7] != '-' || b[p + 10] != 'T' && b[p + 10] != ' ') {
            return false;
        }
        for (int i = 0; i < 10; i++) {
            if (i != 4 && i != 7 && (b[p + i] < '0' || b[p + i] > '9')) {
                return false;
            }
        }
        return true;
    }

    /** An object or a list, but no log line such as {@code [ERROR] text} or {@code [2026-03-02 09:00:00] text}. */
    static boolean startsLikeJson(byte[] b, int from, int to) {
        int p = gap(b, from, to);
        if (p < to && b[p] == '[') {
            p = space(b, p + 1, to);
            return p == to
                    || "{[]\"".indexOf(b[p]) >= 0
                    || isNumberInList(b, p, to)
                    || startsWith(b, p, to, "null")
                    || startsWith(b, p, to, "true")
                    || startsWith(b, p, to, "false");
        }
        return p < to && b[p] == '{';
    }

    /** Whether a number starts here that another follows, or that is all of its line but the list's end. */
    private static boolean isNumberInList(byte[] b, int p, int to) {
        int end = p;
        while (end < to && "-0123456789.eE".indexOf(b[end]) >= 0 && (end == p || b[end] != '-')) {
            end++;
        }
        end = space(b, end, to);
        if (end < to && b[end] == ']') {
            end++;
            while (end < to && (b[end] == ' ' || b[end] == ',' || b[end] == ']')) {
                end++;
            }
            return end == to || b[end] == '\n' || b[end] == '\r';
        }
        return end > p && (end == to || b[end] == ',');
    }

    /** Whether an object with a name in it starts here. */
    static boolean startsObject(byte[] b, int p, int to) {
        int name = p < to && b[p] == '{' ? space(b, p + 1, to) : to;
        return name < to && b[name] == '"';
    }

    /** The content of base64 text, in lines or not; null if it is none. */
    static byte @Nullable [] base64(byte[] b, int from, int to) {
        for (int p = from; p < to; p++) {
            int c = b[p];
            boolean letter = c >= 'A' && c <= 'Z' || c >= 'a' && c <= 'z' || c >= '0' && c <= '9';
            if (!letter && c != '+' && c != '/' && c != '=' && c != '\n' && c != '\r') {
                return null;
            }
        }
        try {
            return Base64.getMimeDecoder().decode(Arrays.copyOfRange(b, from, to));
        } catch (IllegalArgumentException e) {
            return null;
        }
    }

    /** Whether the line that starts here has codes for a terminal. */
    static boolean isColoured(byte[] b, int p, int to) {
        return indexOf(b, (char) ESCAPE, p, indexOf(b, '\n', p, to)) < indexOf(b, '\n', p, to);
    }

    /**
     * A copy in which the codes that colour a terminal (ESC, {@code [}, parameters, a letter) are blanks: every other
     * byte stays where it was.
     */
    static byte[] withoutColour(byte[] b, int from, int to) {
        byte[] plain = b.clone();
        for (int p = indexOf(plain, (char) ESCAPE, from, to); p < to; p = indexOf(plain, (char) ESCAPE, p, to)) {
            int end = p + 1;
            if (end < to && plain[end] == '[') {
                end++;
                while (end < to && plain[end] >= 0x20 && plain[end] < 0x40) {
                    end++;
                }
                end = Math.min(to, end + 1);
            }
            Arrays.fill(plain, p, end, (byte) ' ');
            p = end;
        }
        return plain;
    }

    /** The beginning of a text, for a message. */
    static String excerpt(byte[] b, int from, int to) {
        String text = new String(b, from, Math.min(to - from, 200), StandardCharsets.UTF_8);
        return cut(CONTROLS.matcher(text).replaceAll(" "));
    }

    static String cut(String text) {
        return text.length() <= 60 ? text : text.substring(0, 60) + "…";
    }

    static String show(byte c) {
        return c > ' ' && c < 0x7F ? "'" + (char) c + "'" : String.format(Locale.ROOT, "0x%02x", c & 0xFF);
    }
}
