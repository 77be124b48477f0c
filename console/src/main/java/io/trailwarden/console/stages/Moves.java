package io.trailwarden.console.stages;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import org.jspecify.annotations.Nullable;

/**
 * A number that only rises, over the last minutes: its rate, and since when it has been above a value. It tells a lag
 * in records as a lag in time without reading a record.
 */
final class Moves {

    private static final int KEPT = 1_000;

    private final Deque<Sample> samples = new ArrayDeque<>();
    private long lastRise = Long.MIN_VALUE;

    private record Sample(long at, long value) {}

    /** The number was this at that time; a lower value than before starts anew. */
    void add(long at, long value) {
        Sample last = samples.peekLast();
        if (last != null && value < last.value()) {
            samples.clear();
            last = null;
        }
        if (last != null && value > last.value()) {
            lastRise = at;
        }
        samples.addLast(new Sample(at, value));
        if (samples.size() > KEPT) {
            samples.removeFirst();
        }
    }

    /** What it rose by a second over the last {@code span} milliseconds; null until measured twice. */
    @Nullable
    Double perSecond(long span) {
        Sample last = samples.peekLast();
        if (last == null) {
            return null;
        }
        Sample first = null;
        for (Iterator<Sample> all = samples.descendingIterator(); all.hasNext(); ) {
            Sample each = all.next();
            if (last.at() - each.at() > span) {
                break;
            }
            first = each;
        }
        if (first == null || first.at() == last.at()) {
            return null;
        }
        return (last.value() - first.value()) * 1000.0 / (last.at() - first.at());
    }

    /** When it was last seen to rise; null if never. */
    @Nullable
    Long lastRise() {
        return lastRise == Long.MIN_VALUE ? null : lastRise;
    }

    /** When it was first known to be above the value; null if it is not. */
    @Nullable
    Long above(long value) {
        Long since = null;
        for (Iterator<Sample> all = samples.descendingIterator(); all.hasNext(); ) {
            Sample each = all.next();
            if (each.value() <= value) {
                break;
            }
            since = each.at();
        }
        return since;
    }

    /** Whether it was above the value in the first sample already. */
    boolean alwaysAbove(long value) {
        Sample first = samples.peekFirst();
        return first != null && first.value() > value;
    }
}
