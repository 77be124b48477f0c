package io.trailwarden.storage;

/**
 * 128-bit ids with a 64-bit note each, in one array: 24 bytes a slot, open addressing, linear probing. A note is never
 * 0. No removal.
 */
final class IdSet {

    private static final int SLOT = 3;
    private static final int INITIAL_SLOTS = 1 << 8;

    private long[] slots = new long[INITIAL_SLOTS * SLOT];
    private int mask = INITIAL_SLOTS - 1;
    private long size;

    /** Index of the id, or the complement of where it would go. */
    int find(long hi, long lo) {
        int slot = (int) (hi ^ (hi >>> 32)) & mask;
        while (true) {
            int at = slot * SLOT;
            if (slots[at + 2] == 0) {
                return ~at;
            }
            if (slots[at] == hi && slots[at + 1] == lo) {
                return at;
            }
            slot = (slot + 1) & mask;
        }
    }

    long note(int at) {
        return slots[at + 2];
    }

    void note(int at, long note) {
        slots[at + 2] = note;
    }

    /** Whether one more id makes the array grow. */
    boolean isFull() {
        return (size + 1) * 10 > (mask + 1L) * 7;
    }

    /** Bytes that {@link #grow} adds for good. */
    long growth() {
        return bytes();
    }

    long bytes() {
        return slots.length * 8L;
    }

    long size() {
        return size;
    }

    void insert(int complement, long hi, long lo, long note) {
        int at = ~complement;
        slots[at] = hi;
        slots[at + 1] = lo;
        slots[at + 2] = note;
        size++;
    }

    void grow() {
        long[] old = slots;
        slots = new long[Math.multiplyExact(old.length, 2)];
        mask = mask * 2 + 1;
        for (int i = 0; i < old.length; i += SLOT) {
            if (old[i + 2] != 0) {
                int at = ~find(old[i], old[i + 1]);
                slots[at] = old[i];
                slots[at + 1] = old[i + 1];
                slots[at + 2] = old[i + 2];
            }
        }
    }
}
