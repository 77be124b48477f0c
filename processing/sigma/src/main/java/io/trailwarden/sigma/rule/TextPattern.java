package io.trailwarden.sigma.rule;

import java.util.Arrays;

/**
 * Text with wildcards: a sequence of code points, {@link #ANY} ({@code *}, any length) and {@link #ONE} ({@code ?},
 * one code point). A pattern always describes the whole value.
 *
 * <p>Escapes are those of Sigma: a backslash before {@code *}, {@code ?} or a backslash takes that character as it is;
 * before any other character it is a backslash.
 */
public final class TextPattern {

    /** Any number of any characters, line ends among them. */
    public static final int ANY = -1;

    /** Exactly one code point. */
    public static final int ONE = -2;

    private final int[] symbols;

    private TextPattern(int[] symbols) {
        this.symbols = symbols;
    }

    /** Text as written in a rule, with escapes and wildcards. */
    public static TextPattern parse(String written) {
        int[] in = written.codePoints().toArray();
        int[] out = new int[in.length];
        int n = 0;
        for (int i = 0; i < in.length; i++) {
            int c = in[i];
            if (c == '\\' && i + 1 < in.length && (in[i + 1] == '\\' || in[i + 1] == '*' || in[i + 1] == '?')) {
                out[n++] = in[++i];
            } else {
                out[n++] = c == '*' ? ANY : c == '?' ? ONE : c;
            }
        }
        return new TextPattern(Arrays.copyOf(out, n));
    }

    /** Text that means itself. */
    public static TextPattern literal(String text) {
        return new TextPattern(text.codePoints().toArray());
    }

    public static TextPattern of(int[] symbols) {
        return new TextPattern(symbols.clone());
    }

    /** The code points, {@link #ANY} and {@link #ONE}; a copy. */
    public int[] symbols() {
        return symbols.clone();
    }

    /** Whether it holds no wildcard. */
    public boolean isLiteral() {
        return Arrays.stream(symbols).allMatch(s -> s >= 0);
    }

    /** The text of a pattern without wildcards. */
    public String literal() {
        if (!isLiteral()) {
            throw new IllegalStateException("not literal: " + this);
        }
        return new String(symbols, 0, symbols.length);
    }

    public boolean isAscii() {
        return Arrays.stream(symbols).allMatch(s -> s < 0x80);
    }

    /** The same, preceded by any text. */
    public TextPattern anyBefore() {
        if (symbols.length > 0 && symbols[0] == ANY) {
            return this;
        }
        int[] longer = new int[symbols.length + 1];
        longer[0] = ANY;
        System.arraycopy(symbols, 0, longer, 1, symbols.length);
        return new TextPattern(longer);
    }

    /** The same, followed by any text. */
    public TextPattern anyAfter() {
        if (symbols.length > 0 && symbols[symbols.length - 1] == ANY) {
            return this;
        }
        int[] longer = Arrays.copyOf(symbols, symbols.length + 1);
        longer[symbols.length] = ANY;
        return new TextPattern(longer);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof TextPattern pattern && Arrays.equals(symbols, pattern.symbols);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(symbols);
    }

    /** As a rule would write it. */
    @Override
    public String toString() {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < symbols.length; i++) {
            switch (symbols[i]) {
                case ANY -> text.append('*');
                case ONE -> text.append('?');
                case '*', '?' -> text.append('\\').appendCodePoint(symbols[i]);
                case '\\' -> text.append(i + 1 < symbols.length && isSpecial(symbols[i + 1]) ? "\\\\" : "\\");
                default -> text.appendCodePoint(symbols[i]);
            }
        }
        return text.toString();
    }

    /** Whether a backslash before it would be read as an escape. */
    private static boolean isSpecial(int symbol) {
        return symbol < 0 || symbol == '*' || symbol == '?' || symbol == '\\';
    }
}
