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

    /** The deepest nesting of brackets outside of texts, names and comments; counts too many rather than too few. */
    static int nesting(String sql) {
        int depth = 0;
        int deepest = 0;
        int i = 0;
        while (i < sql.length()) {
            char c = sql.charAt(i);
            switch (c) {
                case '\'', '"' -> i = skipQuoted(sql, i, c);
                case '-' -> i = sql.startsWith("--", i) ? endOfLine(sql, i) : i;
                case '/' -> i = sql.startsWith("/*", i) ? endOf(sql, "*/", i + 2) : i;
                case '(', '[', '{' -> deepest = Math.max(deepest, ++depth);
                case ')', ']', '}' -> depth = Math.max(0, depth - 1);
                default -> {}
            }
            i++;
        }
        return deepest;
    }

    /** Index of the closing quote; a doubled quote closes and opens again, which comes to the same. */
    private static int skipQuoted(String sql, int start, char quote) {
        int end = sql.indexOf(quote, start + 1);
        return end < 0 ? start : end;
    }

    private static int endOfLine(String sql, int from) {
        int at = sql.indexOf('\n', from);
        return at < 0 ? sql.length() : at;
    }

    private static int endOf(String sql, String end, int from) {
        int at = sql.indexOf(end, from);
        return at < 0 ? from : at + end.length() - 1;
    }
}
