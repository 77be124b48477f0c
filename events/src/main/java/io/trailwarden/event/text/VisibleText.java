package io.trailwarden.event.text;

/**
 * A stranger's text, fit for a terminal or a log line: what a terminal would obey or a reader would not see is spelled
 * out as {@code \u001b}, everything else stays as it is.
 *
 * <p>Spelled out are control characters of both sets (C0 and C1, so no escape sequence survives and a text stays on its
 * line), line and paragraph separators, bidirectional controls (Trojan Source, CVE-2021-42574), other invisible
 * characters of Unicode's format category, private-use characters and surrogates without their partner.
 */
public final class VisibleText {

    private VisibleText() {}

    /** The text with everything invisible made visible; the same object when there is nothing to do. */
    public static String of(String text) {
        int length = text.length();
        int at = 0;
        while (at < length) {
            int code = text.codePointAt(at);
            if (!shown(code)) {
                return spelled(text, at);
            }
            at += Character.charCount(code);
        }
        return text;
    }

    /** {@link #of(String)} cut to so many characters, with an ellipsis as the last one where something is missing. */
    public static String of(String text, int width) {
        String visible = of(text);
        if (visible.length() <= width) {
            return visible;
        }
        int end = Math.max(0, width - 1);
        if (end > 0 && Character.isHighSurrogate(visible.charAt(end - 1))) {
            end--;
        }
        return visible.substring(0, end) + '…';
    }

    private static String spelled(String text, int from) {
        StringBuilder out = new StringBuilder(text.length() + 16).append(text, 0, from);
        int at = from;
        while (at < text.length()) {
            int code = text.codePointAt(at);
            int next = at + Character.charCount(code);
            if (shown(code)) {
                out.appendCodePoint(code);
            } else {
                switch (code) {
                    case '\n' -> out.append("\\n");
                    case '\r' -> out.append("\\r");
                    case '\t' -> out.append("\\t");
                    default -> {
                        for (int i = at; i < next; i++) {
                            appendUnit(out, text.charAt(i));
                        }
                    }
                }
            }
            at = next;
        }
        return out.toString();
    }

    private static void appendUnit(StringBuilder out, char unit) {
        out.append("\\u");
        for (int shift = 12; shift >= 0; shift -= 4) {
            out.append(Character.forDigit(unit >> shift & 0xf, 16));
        }
    }

    private static boolean shown(int code) {
        if (code < 0x7f) {
            return code >= 0x20;
        }
        return switch (Character.getType(code)) {
            case Character.CONTROL,
                    Character.FORMAT,
                    Character.LINE_SEPARATOR,
                    Character.PARAGRAPH_SEPARATOR,
                    Character.PRIVATE_USE,
                    Character.SURROGATE,
                    Character.UNASSIGNED -> false;
            default -> code != 0x115f && code != 0x1160 && code != 0x3164 && code != 0xffa0; // blank Hangul fillers
        };
    }
}
