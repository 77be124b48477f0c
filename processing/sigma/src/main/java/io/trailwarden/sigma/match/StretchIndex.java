package io.trailwarden.sigma.match;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * Finds all of many literals in a text in one pass, whatever their number: one step and two looks at small tables for
 * each byte.
 *
 * <p>Of each literal the rarest four bytes (all, of a shorter one) are its mark. The tables say whether the last bytes
 * read may be a mark for the field at hand; only then the mark is looked up and the literal compared. An Aho-Corasick
 * automaton over the literals of the published rules takes 85 MB and a cache miss for most bytes; these tables take some
 * tens of kilobytes.
 *
 * <p>Literals are folded; upper-case ASCII in the text counts as lower case.
 */
final class StretchIndex {

    /** The length of a mark, in bytes; shorter literals are their own marks. */
    static final int MARK = 4;

    private static final byte[] FOLD = CaseFolding.ASCII_FOLDED;

    /** All literals, one after the other. */
    private final byte[] pool;

    /**
     * By literal, four numbers side by side: where it begins in {@link #pool}, its length, where in it its mark ends, the
     * next literal with the same mark or -1. Side by side, because most of the cost is memory that is not in the cache.
     */
    private final int[] entries;

    /** By hash, pairs: a mark with its slot (see {@link #key}) or -1, and the last literal that has it. */
    private final long[] table;

    /** By slot: one bit. The slots with the most literals have one of their own, the others share the last. */
    private final int[] groups;

    /**
     * By hash of a mark of four bytes: the groups of the slots that have such a mark. Marks beyond ASCII are in the second
     * half, where most texts never look.
     */
    private final byte[] filter;

    private final int filterShift;

    /** By the last three bytes of a shorter mark, some bits of each: the groups of the slots that have such a mark. */
    private final byte[] shortFilter = new byte[1 << 14];

    /** By slot: which lengths of shorter marks there are, one bit each. */
    private final byte[] shortLengths;

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
            return numbers.computeIfAbsent(List.of(slot, new String(literal, StandardCharsets.ISO_8859_1)), key -> {
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
        List<byte[]> literals = builder.literals;
        int size = literals.size();
        pool = new byte[literals.stream().mapToInt(literal -> literal.length).sum()];
        entries = new int[4 * size];
        groups = groups(builder.slots, slotCount);
        shortLengths = new byte[slotCount];
        int room = Math.max(16, Integer.highestOneBit(Math.max(1, size)) * 4);
        table = new long[2 * room];
        Arrays.fill(table, -1);
        filter = new byte[2 * Math.max(1 << 12, room)];
        filterShift = 33 - Integer.numberOfTrailingZeros(filter.length);
        Map<Integer, Integer> frequency = new HashMap<>();
        for (byte[] literal : literals) {
            for (int end = MARK; end <= literal.length; end++) {
                frequency.merge(word(literal, end, MARK), 1, Integer::sum);
            }
        }
        int begin = 0;
        for (int i = 0; i < size; i++) {
            byte[] literal = literals.get(i);
            System.arraycopy(literal, 0, pool, begin, literal.length);
            add(i, literal, begin, builder.slots.get(i), frequency);
            begin += literal.length;
        }
    }

    private static int[] groups(List<Integer> slotOfLiteral, int slotCount) {
        int[] uses = new int[slotCount];
        slotOfLiteral.forEach(slot -> uses[slot]++);
        int[] groups = new int[slotCount];
        int[] byUses = IntStream.range(0, slotCount)
                .boxed()
                .sorted(Comparator.comparingInt(slot -> -uses[slot]))
                .mapToInt(Integer::intValue)
                .toArray();
        for (int rank = 0; rank < slotCount; rank++) {
            groups[byUses[rank]] = 1 << Math.min(rank, 7);
        }
        return groups;
    }

    private void add(int i, byte[] literal, int begin, int slot, Map<Integer, Integer> frequency) {
        int length = Math.min(MARK, literal.length);
        int best = length;
        for (int end = length + 1; length == MARK && end <= literal.length; end++) {
            if (frequency.getOrDefault(word(literal, end, MARK), 0)
                    <= frequency.getOrDefault(word(literal, best, MARK), 0)) {
                best = end;
            }
        }
        int mark = word(literal, best, length);
        int hash = hash(mark);
        if (length == MARK) {
            filter[place(mark, hash)] |= (byte) groups[slot];
        } else {
            shortLengths[slot] |= (byte) (1 << length);
            // Whatever comes before it.
            for (int before = 0; before < 1 << 5 * (3 - length); before++) {
                int spread = (before & 0x1F) << 8 * length | before >>> 5 << 16;
                shortFilter[shortPlace(mark | spread)] |= (byte) groups[slot];
            }
        }
        long key = key(mark, slot, length);
        int at = find(key, hash);
        entries[4 * i] = begin;
        entries[4 * i + 1] = literal.length;
        entries[4 * i + 2] = best;
        entries[4 * i + 3] = table[at] == key ? (int) table[at + 1] : -1;
        table[at] = key;
        table[at + 1] = i;
    }

    private static int word(byte[] bytes, int end, int length) {
        int word = 0;
        for (int i = end - length; i < end; i++) {
            word = word << 8 | bytes[i] & 0xFF;
        }
        return word;
    }

    private static int hash(int mark) {
        int hash = mark * 0x9E3779B1;
        return hash ^ hash >>> 15;
    }

    private int place(int mark, int hash) {
        return (hash >>> filterShift) + ((mark & 0x80808080) == 0 ? 0 : filter.length >> 1);
    }

    private static int shortPlace(int word) {
        return word >>> 6 & 0x3C00 | word >>> 3 & 0x3E0 | word & 0x1F;
    }

    private static long key(int mark, int slot, int length) {
        return ((long) slot << 3 | length) << 32 | mark & 0xFFFFFFFFL;
    }

    /** Where this key is, or else would be. */
    private int find(long key, int hash) {
        int i = 2 * (hash + (int) (key >>> 32) * 0x85EBCA6B) & table.length - 1;
        while (table[i] != key && table[i] != -1) {
            i = i + 2 & table.length - 1;
        }
        return i;
    }

    /** How much memory it takes, in bytes, for reports. */
    long bytes() {
        return filter.length + shortFilter.length + 8L * table.length + 4L * entries.length + pool.length;
    }

    /**
     * Reports every literal of these slots that the text holds.
     *
     * @param slot of the text's field, or -1
     * @param other another slot whose literals to look for on the way, or -1
     */
    void scan(byte[] text, int from, int to, int slot, int other, Sink sink) {
        int mask = (slot < 0 ? 0 : groups[slot]) | (other < 0 ? 0 : groups[other]);
        byte[] marks = filter;
        byte[] shorts = shortFilter;
        int word = 0;
        for (int p = from; p < to; p++) {
            word = word << 8 | FOLD[text[p] & 0xFF] & 0xFF;
            int hash = hash(word);
            int found = marks[place(word, hash)] & mask;
            int foundShort = shorts[shortPlace(word)] & mask;
            if ((found | foundShort) != 0) {
                look(text, from, to, p + 1, slot, word, hash, found, foundShort, sink);
                look(text, from, to, p + 1, other, word, hash, found, foundShort, sink);
            }
        }
    }

    private void look(
            byte[] text,
            int from,
            int to,
            int end,
            int slot,
            int word,
            int hash,
            int found,
            int foundShort,
            Sink sink) {
        if (slot < 0) {
            return;
        }
        if ((found & groups[slot]) != 0) {
            compare(text, from, to, end, key(word, slot, MARK), hash, sink);
        }
        if ((foundShort & groups[slot]) != 0) {
            for (int length = 1; length < MARK; length++) {
                if ((shortLengths[slot] >>> length & 1) != 0) {
                    int mark = word & (1 << 8 * length) - 1;
                    compare(text, from, to, end, key(mark, slot, length), hash(mark), sink);
                }
            }
        }
    }

    private void compare(byte[] text, int from, int to, int end, long key, int hash, Sink sink) {
        int at = find(key, hash);
        for (int i = table[at] == key ? (int) table[at + 1] : -1; i >= 0; i = entries[4 * i + 3]) {
            int start = end - entries[4 * i + 2];
            int length = entries[4 * i + 1];
            if (start >= from && start + length <= to && equal(text, start, entries[4 * i], length)) {
                sink.found(i);
            }
        }
    }

    private boolean equal(byte[] text, int start, int literal, int length) {
        for (int i = 0; i < length; i++) {
            if (FOLD[text[start + i] & 0xFF] != pool[literal + i]) {
                return false;
            }
        }
        return true;
    }
}
