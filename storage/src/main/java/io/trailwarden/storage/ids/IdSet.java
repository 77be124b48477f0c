package io.trailwarden.storage.ids;

import java.nio.LongBuffer;

/**
 * 128-bit ids with a 64-bit note each, in one array: 24 bytes a slot, open addressing, linear probing. A note is never
 * 0. No removal. The array is on the heap until it is moved elsewhere.
 */
public final class IdSet {

    private static final int SLOT = 3;
    private static final int INITIAL_SLOTS = 1 << 8;

    private LongBuffer slots = LongBuffer.allocate(INITIAL_SLOTS * SLOT);
    private int mask = INITIAL_SLOTS - 1;
    private long size;

    /** Index of the id, or the complement of where it would go. */
    public int find(long hi, long lo) {
        int slot = (int) (hi ^ (hi >>> 32)) & mask;
        while (true) {
            int at = slot * SLOT;
            if (slots.get(at + 2) == 0) {
                return ~at;
            }
            if (slots.get(at) == hi && slots.get(at + 1) == lo) {
                return at;
            }
            slot = (slot + 1) & mask;
        }
    }

    /** Whether some id begins with this half. */
    public boolean holdsFirstHalf(long hi) {
        int slot = (int) (hi ^ (hi >>> 32)) & mask;
        while (slots.get(slot * SLOT + 2) != 0) {
            if (slots.get(slot * SLOT) == hi) {
                return true;
            }
            slot = (slot + 1) & mask;
        }
        return false;
    }

    public long note(int at) {
        return slots.get(at + 2);
    }

    public void note(int at, long note) {
        slots.put(at + 2, note);
    }

    /** Whether one more id makes the array grow. */
    public boolean isFull() {
        return (size + 1) * 10 > (mask + 1L) * 7;
    }

    /** What the array takes; twice as much after it has grown. */
    long bytes() {
        return slots.capacity() * 8L;
    }

    long size() {
        return size;
    }

    public void insert(int complement, long hi, long lo, long note) {
        put(~complement, hi, lo, note);
        size++;
    }

    /** Grows on the heap. */
    public void grow() {
        growInto(LongBuffer.allocate(Math.multiplyExact(slots.capacity(), 2)));
    }

    /** Moves to an array of twice the size, all zeros. */
    void growInto(LongBuffer larger) {
        LongBuffer old = slots;
        slots = larger;
        mask = mask * 2 + 1;
        for (int i = 0; i < old.capacity(); i += SLOT) {
            long note = old.get(i + 2);
            if (note != 0) {
                put(~find(old.get(i), old.get(i + 1)), old.get(i), old.get(i + 1), note);
            }
        }
    }

    private void put(int at, long hi, long lo, long note) {
        slots.put(at, hi);
        slots.put(at + 1, lo);
        slots.put(at + 2, note);
    }
}
