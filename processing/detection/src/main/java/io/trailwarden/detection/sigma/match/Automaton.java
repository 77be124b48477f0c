package io.trailwarden.detection.sigma.match;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Aho-Corasick: finds all of many literals in one pass, one table step a byte.
 *
 * <p>Literals are folded bytes; upper-case ASCII in the text counts as lower case, so that text of ASCII needs no
 * folding. Bytes that occur in no literal share one column, and states that end a literal have the highest numbers.
 */
final class Automaton {

    private final int[] columns = new int[256];
    private final int width;
    private final int[] table;
    private final int firstAccepting;
    private final int[][] accepted;

    private Automaton(int[] columns, int width, int[] table, int firstAccepting, int[][] accepted) {
        System.arraycopy(columns, 0, this.columns, 0, 256);
        this.width = width;
        this.table = table;
        this.firstAccepting = firstAccepting;
        this.accepted = accepted;
    }

    /** Called for every literal that ends somewhere in the text, possibly several times. */
    interface Sink {
        void found(int literal);
    }

    /** How many table cells it takes, for reports. */
    int cells() {
        return table.length;
    }

    void scan(byte[] text, int from, int to, Sink sink) {
        int[] cells = table;
        int accepting = firstAccepting;
        int state = 0;
        for (int p = from; p < to; p++) {
            state = cells[state + columns[text[p] & 0xFF]];
            if (state >= accepting) {
                for (int literal : accepted[(state - accepting) / width]) {
                    sink.found(literal);
                }
            }
        }
    }

    /**
     * Builds the automaton.
     *
     * @param literals folded, not empty; literal {@code i} is reported as {@code i}
     */
    static Automaton of(List<byte[]> literals) {
        int[] columns = new int[256];
        int width = 1;
        for (byte[] literal : literals) {
            for (byte b : literal) {
                if (columns[b & 0xFF] == 0) {
                    columns[b & 0xFF] = width++;
                }
            }
        }
        List<int[]> rows = new ArrayList<>();
        List<List<Integer>> ends = new ArrayList<>();
        rows.add(row(width));
        ends.add(new ArrayList<>());
        for (int i = 0; i < literals.size(); i++) {
            int state = 0;
            for (byte b : literals.get(i)) {
                int column = columns[b & 0xFF];
                int following = rows.get(state)[column];
                if (following < 0) {
                    following = rows.size();
                    rows.add(row(width));
                    ends.add(new ArrayList<>());
                    rows.get(state)[column] = following;
                }
                state = following;
            }
            ends.get(state).add(i);
        }
        complete(rows, ends, width);
        return numbered(columns, width, rows, ends);
    }

    private static int[] row(int width) {
        int[] row = new int[width];
        Arrays.fill(row, -1);
        return row;
    }

    /** Adds, breadth first, where to go on after a mismatch. */
    private static void complete(List<int[]> rows, List<List<Integer>> ends, int width) {
        int[] fallback = new int[rows.size()];
        ArrayDeque<Integer> queue = new ArrayDeque<>();
        for (int column = 0; column < width; column++) {
            int child = rows.get(0)[column];
            if (child < 0) {
                rows.get(0)[column] = 0;
            } else {
                queue.add(child);
            }
        }
        while (!queue.isEmpty()) {
            int state = queue.remove();
            int[] below = rows.get(fallback[state]);
            ends.get(state).addAll(ends.get(fallback[state]));
            for (int column = 0; column < width; column++) {
                int child = rows.get(state)[column];
                if (child < 0) {
                    rows.get(state)[column] = below[column];
                } else {
                    fallback[child] = below[column];
                    queue.add(child);
                }
            }
        }
    }

    private static Automaton numbered(int[] columns, int width, List<int[]> rows, List<List<Integer>> ends) {
        int size = rows.size();
        int[] number = new int[size];
        int n = 0;
        for (int state = 0; state < size; state++) {
            if (ends.get(state).isEmpty()) {
                number[state] = n++;
            }
        }
        int accepting = n;
        for (int state = 0; state < size; state++) {
            if (!ends.get(state).isEmpty()) {
                number[state] = n++;
            }
        }
        int[] table = new int[Math.multiplyExact(size, width)];
        int[][] accepted = new int[size - accepting][];
        for (int state = 0; state < size; state++) {
            for (int column = 0; column < width; column++) {
                table[number[state] * width + column] = number[rows.get(state)[column]] * width;
            }
            if (number[state] >= accepting) {
                accepted[number[state] - accepting] =
                        ends.get(state).stream().mapToInt(Integer::intValue).toArray();
            }
        }
        for (int b = 'A'; b <= 'Z'; b++) {
            columns[b] = columns[b + 32];
        }
        return new Automaton(columns, width, table, accepting * width, accepted);
    }
}
