package io.trailwarden.sigma.match;

import com.google.re2j.Matcher;
import com.google.re2j.Pattern;

/**
 * What every match of a regular expression certainly holds, so that most texts need not be run through it.
 *
 * <p>Only the top level of the expression is looked at; where it has alternatives or flags in the middle, nothing is
 * certain. Finding little is always allowed.
 *
 * @param literal the longest row of literal characters, case-folded UTF-8; may be empty
 * @param length the least number of characters
 */
record RequiredText(byte[] literal, int length) {

    private static final RequiredText NOTHING = new RequiredText(new byte[0], 0);

    private static final Pattern COUNTED = Pattern.compile("\\{([0-9]{1,4})[,}].*");

    /** What is certain about this expression. */
    static RequiredText of(Pattern pattern) {
        String regex = pattern.pattern();
        String longest = "";
        StringBuilder row = new StringBuilder();
        long length = 0;
        // Leading flags are no matter: the literal is compared without case.
        int i = regex.startsWith("(?i)") ? 4 : 0;
        while (i < regex.length()) {
            int start = i;
            int literal = -1;
            int least = 1;
            char c = regex.charAt(i);
            if (c == '|') {
                return NOTHING;
            } else if (c == '(') {
                i = closing(regex, i);
                if (i < 0 || regex.startsWith("(?", start) && !regex.startsWith("(?:", start)) {
                    return NOTHING;
                }
                least = 0;
            } else if (c == '[') {
                i = classEnd(regex, i);
            } else if (c == '\\') {
                if (i + 1 >= regex.length()) {
                    return NOTHING;
                }
                char escaped = regex.charAt(i + 1);
                if (!Character.isLetterOrDigit(escaped)) {
                    literal = escaped;
                } else if ("bBAz".indexOf(escaped) >= 0) {
                    least = 0;
                } else if ("dDwWsS".indexOf(escaped) < 0) {
                    return NOTHING;
                }
                i += 2;
            } else if ("^$".indexOf(c) >= 0) {
                least = 0;
                i++;
            } else if (c == '.') {
                i++;
            } else {
                literal = regex.codePointAt(i);
                i += Character.charCount(literal);
            }
            int after = quantifierEnd(regex, i);
            int times = after == i ? 1 : leastTimes(regex.substring(i, after));
            if (literal >= 0 && after == i) {
                row.appendCodePoint(literal);
            } else {
                if (literal >= 0 && times > 0) {
                    row.appendCodePoint(literal);
                }
                longest = row.length() > longest.length() ? row.toString() : longest;
                row.setLength(0);
            }
            length += (long) least * times;
            i = after;
        }
        longest = row.length() > longest.length() ? row.toString() : longest;
        return new RequiredText(CaseFolding.folded(longest), (int) Math.min(length, 1_000_000));
    }

    /** {@code a+} at least once, {@code a{3,}} at least three times, others perhaps not at all. */
    private static int leastTimes(String quantifier) {
        if (quantifier.startsWith("+")) {
            return 1;
        }
        Matcher counted = COUNTED.matcher(quantifier);
        return counted.matches() ? Integer.parseInt(counted.group(1)) : 0;
    }

    private static int quantifierEnd(String regex, int from) {
        int i = from;
        if (i < regex.length() && "?*+".indexOf(regex.charAt(i)) >= 0) {
            i++;
        } else if (i < regex.length() && regex.charAt(i) == '{') {
            int close = regex.indexOf('}', i);
            i = close < 0 ? regex.length() : close + 1;
        }
        if (i > from && i < regex.length() && regex.charAt(i) == '?') {
            i++;
        }
        return i;
    }

    private static int closing(String regex, int open) {
        int depth = 0;
        for (int i = open; i < regex.length(); i++) {
            switch (regex.charAt(i)) {
                case '\\' -> i++;
                case '[' -> i = classEnd(regex, i) - 1;
                case '(' -> depth++;
                case ')' -> {
                    if (--depth == 0) {
                        return i + 1;
                    }
                }
                default -> {}
            }
        }
        return -1;
    }

    private static int classEnd(String regex, int open) {
        int i = open + 1;
        if (i < regex.length() && regex.charAt(i) == '^') {
            i++;
        }
        if (i < regex.length() && regex.charAt(i) == ']') {
            i++;
        }
        while (i < regex.length() && regex.charAt(i) != ']') {
            if (regex.startsWith("[:", i)) {
                int end = regex.indexOf(":]", i);
                i = end < 0 ? regex.length() : end + 2;
            } else {
                i += regex.charAt(i) == '\\' ? 2 : 1;
            }
        }
        return Math.min(i + 1, regex.length());
    }
}
