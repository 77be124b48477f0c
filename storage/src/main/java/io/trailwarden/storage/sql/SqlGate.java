package io.trailwarden.storage.sql;

import io.trailwarden.storage.sql.QueryFailedException.Reason;
import java.nio.charset.StandardCharsets;

/**
 * What a query must be before the engine's parser sees it: not too long, and not so deep that the parser's recursion
 * overflows the native stack (2,000 nested sub-selects end the process).
 */
final class SqlGate {

    private SqlGate() {}

    static void check(String sql) throws QueryFailedException {
        if (sql.isBlank()) {
            throw new QueryFailedException(Reason.REFUSED, "The query is empty (expected: one SELECT)");
        }
        int length = sql.getBytes(StandardCharsets.UTF_8).length;
        if (length > SqlSettings.MAX_LENGTH) {
            throw new QueryFailedException(
                    Reason.REFUSED,
                    "The query has " + length + " bytes (at most " + SqlSettings.MAX_LENGTH + " are allowed)");
        }
        if (sql.indexOf('\0') >= 0) {
            throw new QueryFailedException(Reason.REFUSED, "The query holds a NUL character");
        }
        int deepest = nesting(sql);
        if (deepest > SqlSettings.MAX_NESTING) {
            throw new QueryFailedException(
                    Reason.REFUSED,
                    "The query nests " + deepest + " parentheses (at most " + SqlSettings.MAX_NESTING
                            + " are allowed)");
        }
    }

    /**
     * The deepest nesting of brackets outside of texts, names and comments, as the engine's scanner tells these apart;
     * counts too many rather than too few.
     */
    static int nesting(String sql) {
        int depth = 0;
        int deepest = 0;
        int i = 0;
        while (i < sql.length()) {
            char c = sql.charAt(i);
            switch (c) {
                case '\'' -> i = escapes(sql, i) ? endOfEscaped(sql, i) : endOf(sql, "'", i + 1, i);
                case '"' -> i = endOf(sql, "\"", i + 1, i);
                case '$' -> i = endOfDollarQuoted(sql, i);
                case '-' -> i = sql.startsWith("--", i) ? endOfLine(sql, i) : i;
                case '/' -> i = sql.startsWith("/*", i) ? endOfComment(sql, i) : i;
                case '(', '[', '{' -> deepest = Math.max(deepest, ++depth);
                case ')', ']', '}' -> depth = Math.max(0, depth - 1);
                default -> {}
            }
            i++;
        }
        return deepest;
    }

    /** Whether the text that begins here knows backslashes: {@code E'…'}. */
    private static boolean escapes(String sql, int quote) {
        return quote > 0 && (sql.charAt(quote - 1) | 0x20) == 'e' && !isPartOfName(sql, quote - 2);
    }

    private static int endOfEscaped(String sql, int quote) {
        for (int i = quote + 1; i < sql.length(); i++) {
            if (sql.charAt(i) == '\\') {
                i++;
            } else if (sql.charAt(i) == '\'') {
                if (!sql.startsWith("''", i)) {
                    return i;
                }
                i++;
            }
        }
        return quote;
    }

    /** {@code $$…$$} and {@code $tag$…$tag$}; a dollar sign in a name or a number begins neither. */
    private static int endOfDollarQuoted(String sql, int start) {
        int end = start + 1;
        while (isPartOfName(sql, end) && sql.charAt(end) != '$') {
            end++;
        }
        if (isPartOfName(sql, start - 1) || end >= sql.length() || sql.charAt(end) != '$' || isDigit(sql, start + 1)) {
            return start;
        }
        return endOf(sql, sql.substring(start, end + 1), end + 1, start);
    }

    private static boolean isPartOfName(String sql, int at) {
        return at >= 0
                && at < sql.length()
                && (Character.isLetterOrDigit(sql.charAt(at))
                        || "_$".indexOf(sql.charAt(at)) >= 0
                        || sql.charAt(at) > 0x7F);
    }

    private static boolean isDigit(String sql, int at) {
        return sql.charAt(at) >= '0' && sql.charAt(at) <= '9';
    }

    private static int endOfLine(String sql, int from) {
        int at = from;
        while (at < sql.length() && sql.charAt(at) != '\n' && sql.charAt(at) != '\r') {
            at++;
        }
        return at;
    }

    /** Comments nest. */
    private static int endOfComment(String sql, int start) {
        int depth = 0;
        for (int i = start; i < sql.length(); i++) {
            if (sql.startsWith("/*", i)) {
                depth++;
                i++;
            } else if (sql.startsWith("*/", i)) {
                i++;
                if (--depth == 0) {
                    return i;
                }
            }
        }
        return start + 1;
    }

    /** Index of the last character of what ends it; where nothing does, the beginning, so that all that follows counts. */
    private static int endOf(String sql, String end, int from, int start) {
        int at = sql.indexOf(end, from);
        return at < 0 ? start : at + end.length() - 1;
    }
}
