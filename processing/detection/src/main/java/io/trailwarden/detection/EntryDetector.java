package io.trailwarden.detection;

import org.jspecify.annotations.Nullable;

/**
 * A detector whose keys know many things that are judged one by one. Each is an entry under a name of its own beside a
 * small head, so that a newcomer costs one entry and not all that its key knows.
 *
 * <p>Head and entries together are the state that {@link KeyedDetector} speaks of, with the same promises. What an entry
 * has published stands with the entry: {@link #judge} is a function of the head, the entry and the reference data, and
 * no finding belongs to two of them.
 *
 * <p><b>For whoever runs it.</b> Evaluate the head first. Then judge the entries that were put since the last
 * evaluation; all of them when reference data changed, or when {@link #bearsOnEntries} says so of the head. A key's
 * entries are dropped with its head. Capacity, expiry and {@link #knowledge} look at heads alone, so a detector bounds
 * how many entries a key has.
 *
 * @param <K> what states are kept by
 * @param <N> what the detector tells itself of one event
 * @param <S> the head of one key
 * @param <E> one entry
 */
public interface EntryDetector<K extends Record, N extends Record, S extends Record, E extends Record>
        extends KeyedDetector<K, N, S> {

    /** The entries' class, for whoever serialises them. */
    Class<E> entryType();

    /**
     * The head with one more signal in it or in the entries.
     *
     * @param head null for a key without state, which then has no entries either
     * @return {@code head} itself when the signal says nothing new of it
     */
    S merge(@Nullable S head, Signal<K, N> signal, Entries<E> entries);

    /** Whether entries may have to be judged otherwise under this head than under the one before. */
    boolean bearsOnEntries(S before, S after);

    /**
     * Publishes what changed about one entry.
     *
     * @return the entry that remembers it as published; {@code entry} itself when nothing changed
     */
    E judge(String name, E entry, S head, Round<K, N> round);

    /** Refused: without its entries such a detector would forget what it was told. */
    @Override
    default S merge(@Nullable S head, Signal<K, N> signal) {
        throw new UnsupportedOperationException(name() + " keeps entries (expected: a merge that hands them over)");
    }
}
