package io.trailwarden.app.terminal;

import io.trailwarden.event.text.VisibleText;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

/** Columns of text for a terminal. Every cell is shown by {@link VisibleText}. */
public final class TextTable {

    private static final int WIDEST = 80;

    private final List<List<String>> rows = new ArrayList<>();
    private final boolean[] right;

    /** A table with these headings; one that begins with {@code >} is a column of numbers. */
    public TextTable(String... headings) {
        right = new boolean[headings.length];
        List<String> cells = new ArrayList<>();
        for (int i = 0; i < headings.length; i++) {
            right[i] = headings[i].startsWith(">");
            cells.add(VisibleText.of(right[i] ? headings[i].substring(1) : headings[i], WIDEST));
        }
        rows.add(cells);
    }

    /** One more row, with a cell for each heading. */
    public TextTable row(Object... cells) {
        if (cells.length != right.length) {
            throw new IllegalArgumentException(cells.length + " cells (expected: " + right.length + ")");
        }
        rows.add(Arrays.stream(cells)
                .map(cell -> VisibleText.of(cell == null ? "" : cell.toString(), WIDEST))
                .collect(Collectors.toList()));
        return this;
    }

    /** Prints headings and rows. */
    public void print(PrintStream out) {
        int[] widths = new int[right.length];
        for (List<String> row : rows) {
            for (int i = 0; i < widths.length; i++) {
                widths[i] = Math.max(widths[i], length(row.get(i)));
            }
        }
        for (List<String> row : rows) {
            StringBuilder line = new StringBuilder();
            for (int i = 0; i < widths.length; i++) {
                String padding = " ".repeat(widths[i] - length(row.get(i)));
                line.append(i == 0 ? "" : "  ").append(right[i] ? padding + row.get(i) : row.get(i) + padding);
            }
            out.println(line.toString().stripTrailing());
        }
        out.flush();
    }

    private static int length(String text) {
        return text.codePointCount(0, text.length());
    }
}
