package io.trailwarden.sigma.match;

import io.trailwarden.sigma.rule.TextPattern;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * A {@link TextPattern} over UTF-8 bytes, in the simplest form that does it.
 *
 * <p>Wildcard patterns cost at most their length times the text's.
 */
final class BytePattern {

    enum Form {
        EXACT,
        PREFIX,
        SUFFIX,
        CONTAINS,
        ANYTHING,
        GLOB
    }

    final Form form;
    /** The bytes of the literal forms; of a glob, its longest stretch without wildcards. */
    final byte[] literal;

    private final int[] symbols;

    BytePattern(TextPattern pattern, boolean cased) {
        int[] codePoints = pattern.symbols();
        int[] out = new int[codePoints.length * 4];
        byte[] utf8 = new byte[4];
        int n = 0;
        for (int codePoint : codePoints) {
            if (codePoint < 0) {
                out[n++] = codePoint;
                continue;
            }
            int length = CaseFolding.encode(cased ? codePoint : CaseFolding.fold(codePoint), utf8, 0);
            for (int i = 0; i < length; i++) {
                out[n++] = utf8[i] & 0xFF;
            }
        }
        symbols = Arrays.copyOf(out, n);
        List<byte[]> stretches = new ArrayList<>();
        int wildcards = 0;
        boolean single = false;
        int from = 0;
        for (int i = 0; i <= n; i++) {
            if (i == n || symbols[i] < 0) {
                if (i > from) {
                    stretches.add(bytes(from, i));
                }
                from = i + 1;
                wildcards += i < n ? 1 : 0;
                single |= i < n && symbols[i] == TextPattern.ONE;
            }
        }
        byte[] longest = new byte[0];
        for (byte[] stretch : stretches) {
            longest = stretch.length > longest.length ? stretch : longest;
        }
        literal = longest;
        boolean before = n > 0 && symbols[0] == TextPattern.ANY;
        boolean after = n > 0 && symbols[n - 1] == TextPattern.ANY;
        if (single || stretches.size() > 1) {
            form = Form.GLOB;
        } else if (stretches.isEmpty()) {
            form = wildcards > 0 ? Form.ANYTHING : Form.EXACT;
        } else {
            form = before ? after ? Form.CONTAINS : Form.SUFFIX : after ? Form.PREFIX : Form.EXACT;
        }
    }

    private byte[] bytes(int from, int to) {
        byte[] bytes = new byte[to - from];
        for (int i = from; i < to; i++) {
            bytes[i - from] = (byte) symbols[i];
        }
        return bytes;
    }

    /**
     * Whether the whole text is like this.
     *
     * @param letters what to take each byte of the text for: {@link CaseFolding#ASCII_FOLDED} or {@link
     *     CaseFolding#AS_IT_IS}
     */
    boolean matches(byte[] text, int from, int to, byte[] letters) {
        int length = to - from;
        return switch (form) {
            case ANYTHING -> true;
            case EXACT -> length == literal.length && equal(text, from, literal, letters);
            case PREFIX -> length >= literal.length && equal(text, from, literal, letters);
            case SUFFIX -> length >= literal.length && equal(text, to - literal.length, literal, letters);
            case CONTAINS -> contains(text, from, to, literal, letters);
            case GLOB -> glob(text, from, to, letters);
        };
    }

    static boolean equal(byte[] text, int from, byte[] literal, byte[] letters) {
        for (int i = 0; i < literal.length; i++) {
            if (letters[text[from + i] & 0xFF] != literal[i]) {
                return false;
            }
        }
        return true;
    }

    /** Looks at the byte where the literal would end; one that is not in the literal at all spares its whole length. */
    static boolean contains(byte[] text, int from, int to, byte[] literal, byte[] letters) {
        long within = 0;
        for (byte b : literal) {
            within |= 1L << b;
        }
        byte last = literal[literal.length - 1];
        int p = from + literal.length - 1;
        while (p < to) {
            byte b = letters[text[p] & 0xFF];
            if (b == last && equal(text, p - literal.length + 1, literal, letters)) {
                return true;
            }
            p += (within >>> b & 1) == 0 ? literal.length : 1;
        }
        return false;
    }

    private boolean glob(byte[] text, int from, int to, byte[] letters) {
        int t = from;
        int p = 0;
        int resumePattern = -1;
        int resumeText = from;
        while (t < to) {
            int symbol = p < symbols.length ? symbols[p] : -3;
            if (symbol == TextPattern.ANY) {
                resumePattern = ++p;
                resumeText = t;
            } else if (symbol == TextPattern.ONE) {
                t = Math.min(to, t + CaseFolding.length(text[t]));
                p++;
            } else if (symbol == (letters[text[t] & 0xFF] & 0xFF)) {
                t++;
                p++;
            } else if (resumePattern >= 0) {
                p = resumePattern;
                resumeText = Math.min(to, resumeText + CaseFolding.length(text[resumeText]));
                t = resumeText;
            } else {
                return false;
            }
        }
        while (p < symbols.length && symbols[p] == TextPattern.ANY) {
            p++;
        }
        return p == symbols.length;
    }
}
