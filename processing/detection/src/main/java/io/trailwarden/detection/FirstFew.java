package io.trailwarden.detection;

import java.util.Arrays;

/**
 * Lets the earliest few events of a group pass, and few others: whatever the order of arrival, the {@code few} earliest
 * by time are among those that passed. Remembers a bounded number of groups; a forgotten group lets its next ones pass
 * again.
 */
public final class FirstFew {

    private static final int WAYS = 4;

    private final int few;
    private final int mask;
    private final long[] groups;
    private final int[] passed;
    private final long[] latest;
    private int next;

    /**
     * An empty memory.
     *
     * @param places how many groups it holds, rounded up to a power of two; 20 bytes each
     */
    public FirstFew(int few, int places) {
        int size = Integer.highestOneBit(Math.max(WAYS, places) - 1) << 1;
        this.few = few;
        this.mask = size - WAYS;
        this.groups = new long[size];
        this.passed = new int[size];
        this.latest = new long[size];
    }

    /** Whether an event at this time may be one of the earliest few of its group (by {@link SeenBefore#hash}). */
    public boolean passes(long group, long time) {
        long key = group == 0 ? 1 : group;
        int at = (int) (key >>> 20) & mask;
        int place = -1;
        for (int i = at; i < at + WAYS && place < 0; i++) {
            if (groups[i] == key) {
                place = i;
            }
        }
        for (int i = at; i < at + WAYS && place < 0; i++) {
            if (groups[i] == 0) {
                place = i;
            }
        }
        if (place < 0) {
            place = at + (next++ & WAYS - 1);
        }
        if (groups[place] != key) {
            groups[place] = key;
            passed[place] = 0;
            latest[place] = Long.MIN_VALUE;
        }
        if (passed[place] < few) {
            passed[place]++;
            latest[place] = Math.max(latest[place], time);
            return true;
        }
        return time <= latest[place];
    }

    /** Forgets everything. */
    public void clear() {
        Arrays.fill(groups, 0);
    }
}
