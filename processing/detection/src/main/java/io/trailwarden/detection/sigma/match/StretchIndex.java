package io.trailwarden.detection.sigma.match;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Finds all of many literals in a text in one pass, whatever their number: one step and one look at a small bit table for
 * each byte.
 *
 * <p>Of each literal the rarest four bytes (all, of a shorter one) are its mark. The bit table says whether the last
 * bytes read may be a mark for the field at hand; only then the mark is looked up and the literal compared. An
 * Aho-Corasick automaton over the literals of the published rules takes 85 MB and a cache miss for most bytes; this
 * table takes some tens of kilobytes.
 *
 * <p>Literals are folded; upper-case ASCII in the text counts as lower case.
 */
final class StretchIndex {

    private static final int MARK = 4;
    private static final byte[] FOLD = new byte[256];

    static {
        for (int i = 0; i < 256; i++) {
            FOLD[i] = i < 128 ? CaseFolding.foldAscii((byte) i) : (byte) i;
        }
    }

    private final byte[][] literals;
    private final int[] slots;
    /** Where in its literal the mark ends. */
    private final int[] markEnds;

    private final int[] next;
    private final int[] table;
    private final int[] marks;
    private final long[] bits;
    private final int bitShift;
    /** By slot: which lengths of marks there are, one bit each. */
    private final byte[] lengths;

    /** Called for every literal that occurs, possibly several times. */
    interface Sink {
        void found(int literal);
    }

    /** Collects literals. */
    static final class Builder {
        private final Map<List<Object>, Integer> numbers = new HashMap<>();
        private final List<byte[]> literals = new ArrayList<>();
        private final List<Integer> slots = new ArrayList<>();

        /** The number of a literal in a slot; the same again has the same number. */
        int add(int slot, byte[] literal) {
            return numbers.computeIfAbsent(
                    List.of(slot, new String(literal, java.nio.charset.StandardCharsets.ISO_8859_1)), key -> {
                        literals.add(literal);
                        slots.add(slot);
                        return literals.size() - 1;
                    });
        }

        int size() {
            return literals.size();
        }

        StretchIndex build(int slotCount) {
            return new StretchIndex(this, slotCount);
        }
    }

    private StretchIndex(Builder builder, int slotCount) {
        int size = builder.literals.size();
        literals = builder.literals.toArray(new byte[0][]);
        slots = builder.slots.stream().mapToInt(Integer::intValue).toArray();
        markEnds = new int[size];
        next = new int[size];
        marks = new int[size];
        lengths = new byte[slotCount];
        table = new int[Math.max(16, Integer.highestOneBit(Math.max(1, size)) * 4)];
        Arrays.fill(table, -1);
        int bitCount = Math.max(1 << 12, Integer.highestOneBit(Math.max(1, size)) * 16);
        bits = new long[bitCount >> 6];
        bitShift = 32 - Integer.numberOfTrailingZeros(bitCount);
        Map<Integer, Integer> frequency = new HashMap<>();
        for (byte[] literal : literals) {
            for (int end = MARK; end <= literal.length; end++) {
                frequency.merge(word(literal, end, MARK), 1, Integer::sum);
            }
        }
        for (int i = 0; i < size; i++) {
            byte[] literal = literals[i];
            int length = Math.min(MARK, literal.length);
            int best = length;
            for (int end = length + 1; length == MARK && end <= literal.length; end++) {
                if (frequency.get(word(literal, end, MARK)) <= frequency.get(word(literal, best, MARK))) {
                    best = end;
                }
            }
            int mark = word(literal, best, length);
            int hash = hash(mark, slots[i], length);
            marks[i] = mark;
            markEnds[i] = best;
            lengths[slots[i]] |= (byte) (1 << length - 1);
            bits[hash >>> bitShift >>> 6] |= 1L << (hash >>> bitShift);
            int place = hash & table.length - 1;
            next[i] = table[place];
            table[place] = i;
        }
    }

    private static int word(byte[] bytes, int end, int length) {
        int word = 0;
        for (int i = end - length; i < end; i++) {
            word = word << 8 | bytes[i] & 0xFF;
        }
        return word;
    }

    private static int hash(int mark, int slot, int length) {
        int h = (mark ^ slot * 0x85EBCA6B ^ length * 0x27D4EB2F) * 0x9E3779B1;
        return h ^ h >>> 15;
    }

    /** How much memory it takes, in bytes, for reports. */
    long bytes() {
        long total = 8L * bits.length + 4L * table.length + 4L * 4 * literals.length;
        for (byte[] literal : literals) {
            total += 16 + literal.length;
        }
        return total;
    }

    /** Reports every literal of this slot that the text holds. */
    void scan(byte[] text, int from, int to, int slot, Sink sink) {
        int present = lengths[slot];
        for (int length = 1; length <= MARK; length++) {
            if ((present & 1 << length - 1) != 0) {
                scan(text, from, to, slot, length, sink);
            }
        }
    }

    private void scan(byte[] text, int from, int to, int slot, int length, Sink sink) {
        int mask = length == MARK ? -1 : (1 << 8 * length) - 1;
        int salt = slot * 0x85EBCA6B ^ length * 0x27D4EB2F;
        int shift = bitShift;
        long[] table = bits;
        int word = 0;
        int p = from;
        for (int first = Math.min(to, from + length - 1); p < first; p++) {
            word = word << 8 | FOLD[text[p] & 0xFF] & 0xFF;
        }
        for (; p < to; p++) {
            word = (word << 8 | FOLD[text[p] & 0xFF] & 0xFF) & mask;
            int hash = (word ^ salt) * 0x9E3779B1;
            hash ^= hash >>> 15;
            int bit = hash >>> shift;
            if ((table[bit >>> 6] >>> bit & 1) != 0) {
                look(text, from, to, p + 1, slot, word, hash, sink);
            }
        }
    }

    private void look(byte[] text, int from, int to, int end, int slot, int word, int hash, Sink sink) {
        for (int i = table[hash & table.length - 1]; i >= 0; i = next[i]) {
            if (marks[i] == word && slots[i] == slot && equal(text, from, to, end - markEnds[i], literals[i])) {
                sink.found(i);
            }
        }
    }

    private static boolean equal(byte[] text, int from, int to, int start, byte[] literal) {
        if (start < from || start + literal.length > to) {
            return false;
        }
        for (int i = 0; i < literal.length; i++) {
            if (FOLD[text[start + i] & 0xFF] != literal[i]) {
                return false;
            }
        }
        return true;
    }
}
