package io.trailwarden.detection;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Remembers of a bounded number of things when the earliest was handed on, so that a {@link SignalSource} stays silent
 * about what its detector already knows. Forgetting costs a repeated signal and nothing else.
 *
 * <p>Things are told apart by a 64-bit hash under a secret seed: strangers choose the names that go into it, and must
 * not be able to make one thing pass for another.
 */
public final class SeenBefore {

    private static final int WAYS = 4;

    private final long seed;
    private final int mask;
    private final long[] things;
    private final long[] times;
    private int next;

    /**
     * An empty memory.
     *
     * @param places how many things it holds, rounded up to a power of two; 16 bytes each
     * @param seed secret
     */
    public SeenBefore(int places, long seed) {
        int size = Integer.highestOneBit(Math.max(WAYS, places) - 1) << 1;
        this.seed = seed;
        this.mask = size - WAYS;
        this.things = new long[size];
        this.times = new long[size];
    }

    /** The hash of nothing, to begin with. */
    public long start() {
        return seed;
    }

    /** The hash of what went before and this text; null and empty differ. */
    public static long hash(long before, @Nullable String text) {
        long h = before * 0x9E37_79B9_7F4A_7C15L + 1;
        if (text != null) {
            int length = text.length();
            h += 0x632B_E59B_D9B4_E019L * (length + 1L);
            for (int i = 0; i < length; i++) {
                h = (h ^ text.charAt(i)) * 0xD6E8_FEB8_6659_FD93L;
                h ^= h >>> 32;
            }
        }
        return mix(h);
    }

    /** The hash of what went before and this number. */
    public static long hash(long before, long number) {
        return mix((before ^ number) * 0xD6E8_FEB8_6659_FD93L + 1);
    }

    /**
     * Whether this is worth handing on: the thing is not remembered, or only with a later time. It is remembered from
     * now on.
     */
    public boolean isNews(long thing, long time) {
        int place = find(thing);
        if (place < 0) {
            times[~place] = time;
            return true;
        }
        if (times[place] < time) {
            return false;
        }
        // The same moment again is handed on: the ids decide which of the two is the earlier one.
        times[place] = time;
        return true;
    }

    /** Whether the thing is not remembered. It is from now on. */
    public boolean isFirst(long thing) {
        return find(thing) < 0;
    }

    /** Forgets everything. */
    public void clear() {
        Arrays.fill(things, 0);
    }

    /** The thing's place; or, as its complement, the place that was now given to it. */
    private int find(long thing) {
        long key = thing == 0 ? 1 : thing;
        int at = (int) (key >>> 20) & mask;
        for (int i = at; i < at + WAYS; i++) {
            if (things[i] == key) {
                return i;
            }
        }
        for (int i = at; i < at + WAYS; i++) {
            if (things[i] == 0) {
                things[i] = key;
                return ~i;
            }
        }
        int victim = at + (next++ & WAYS - 1);
        things[victim] = key;
        return ~victim;
    }

    private static long mix(long h) {
        long x = h;
        x = (x ^ (x >>> 30)) * 0xBF58_476D_1CE4_E5B9L;
        x = (x ^ (x >>> 27)) * 0x94D0_49BB_1331_11EBL;
        return x ^ (x >>> 31);
    }
}
