package io.trailwarden.detection;

import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * What one key of an {@link EntryDetector} keeps beside its head: values under names of their own, each read and written
 * alone. Valid only within the call that it is handed to; values in it are never changed, only replaced.
 *
 * @param <E> the entries
 */
public interface Entries<E extends Record> {

    /** The entry of this name. */
    @Nullable
    E get(String name);

    /** Keeps this under its name, in place of what was there. */
    void put(String name, E entry);

    /** Forgets it, and with it what it had published. */
    void remove(String name);

    /** Reads all of them, in no order. Costs as much as there are, so not for every signal. */
    void each(BiConsumer<String, E> reader);
}
