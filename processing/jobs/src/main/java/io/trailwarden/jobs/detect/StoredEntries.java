package io.trailwarden.jobs.detect;

import io.trailwarden.detection.Entries;
import io.trailwarden.detection.EntryDetector;
import io.trailwarden.detection.Round;
import io.trailwarden.detection.Signal;
import io.trailwarden.jobs.state.StateKey;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.apache.flink.api.common.state.MapState;
import org.apache.flink.util.FlinkRuntimeException;
import org.jspecify.annotations.Nullable;

/**
 * The entries of Flink's current key. What a merge changes lies here until it is kept, so that a detector that fails
 * half-way, or a key for which there is no room, leaves nothing behind.
 *
 * <p>What waits for its judgement is remembered on the heap only, not to be read again: all of it is judged before a
 * checkpoint.
 */
final class StoredEntries<K extends Record, N extends Record, S extends Record, E extends Record>
        implements Memory<K, N, S>, Entries<E> {

    private final EntryDetector<K, N, S, E> detector;
    private final MapState<String, E> stored;
    private final Consumer<RuntimeException> failed;
    private final Map<StateKey, Unjudged<E>> unjudged = new HashMap<>();

    /** What the last merge changed; null: removed. */
    private final Map<String, @Nullable E> changes = new LinkedHashMap<>();

    private boolean known;

    /** The entries of one key that are to be judged. */
    private static final class Unjudged<E> {
        private final Map<String, E> entries = new LinkedHashMap<>();
        private boolean all;
    }

    /** The state itself does not answer, which is no fault of the detector that asked. */
    static final class Unreadable extends FlinkRuntimeException {
        private static final long serialVersionUID = 1L;

        Unreadable(Exception cause) {
            super("The entries cannot be read: " + cause.getMessage(), cause);
        }
    }

    /**
     * Of a detector.
     *
     * @param failed told of an entry that cannot be judged; the others are
     */
    StoredEntries(EntryDetector<K, N, S, E> detector, MapState<String, E> stored, Consumer<RuntimeException> failed) {
        this.detector = detector;
        this.stored = stored;
        this.failed = failed;
    }

    @Override
    public S merge(@Nullable S before, Signal<K, N> signal) {
        changes.clear();
        known = before != null;
        return detector.merge(before, signal, this);
    }

    @Override
    public @Nullable E get(String name) {
        if (!known || changes.containsKey(name)) {
            return changes.get(name);
        }
        try {
            return stored.get(name);
        } catch (Exception e) { // as declared by Flink
            throw new Unreadable(e);
        }
    }

    @Override
    public void put(String name, E entry) {
        changes.put(name, entry);
    }

    @Override
    public void remove(String name) {
        changes.put(name, null);
    }

    @Override
    public void each(BiConsumer<String, E> reader) {
        Map<String, @Nullable E> all = new HashMap<>();
        if (known) {
            try {
                all.putAll(all());
            } catch (Exception e) { // as declared by Flink
                throw new Unreadable(e);
            }
        }
        all.putAll(changes);
        all.forEach((name, entry) -> {
            if (entry != null) {
                reader.accept(name, entry);
            }
        });
    }

    @Override
    public boolean changedMore() {
        return !changes.isEmpty();
    }

    @Override
    public void keep(StateKey key, @Nullable S before, S after) throws Exception {
        boolean all = before != null && before != after && detector.bearsOnEntries(before, after);
        if (changes.isEmpty() && !all) {
            return;
        }
        Unjudged<E> waiting = unjudged.computeIfAbsent(key, any -> new Unjudged<>());
        waiting.all |= all;
        for (Map.Entry<String, @Nullable E> change : changes.entrySet()) {
            E entry = change.getValue();
            if (entry == null) {
                stored.remove(change.getKey());
                waiting.entries.remove(change.getKey());
            } else {
                stored.put(change.getKey(), entry);
                waiting.entries.put(change.getKey(), entry);
            }
        }
        changes.clear();
    }

    @Override
    public void judgeAlone(S head, Round<K, N> round) {
        S judged = Memory.evaluateHead(detector, head, round, failed);
        each((name, entry) -> judged(name, entry, judged, round));
        changes.clear();
    }

    @Override
    public S evaluate(StateKey key, S head, Round<K, N> round) throws Exception {
        S judged = Memory.evaluateHead(detector, head, round, failed);
        Unjudged<E> waiting = unjudged.remove(key);
        if (waiting != null) {
            judge(waiting.all ? all() : waiting.entries, judged, round);
        }
        return judged;
    }

    @Override
    public S evaluateAll(StateKey key, S head, Round<K, N> round) throws Exception {
        S judged = Memory.evaluateHead(detector, head, round, failed);
        unjudged.remove(key);
        judge(all(), judged, round);
        return judged;
    }

    private void judge(Map<String, E> entries, S head, Round<K, N> round) throws Exception {
        for (Map.Entry<String, E> entry : entries.entrySet()) {
            E after = judged(entry.getKey(), entry.getValue(), head, round);
            if (after != entry.getValue()) {
                stored.put(entry.getKey(), after);
            }
        }
    }

    private E judged(String name, E entry, S head, Round<K, N> round) {
        try {
            return detector.judge(name, entry, head, round);
        } catch (RuntimeException e) {
            failed.accept(e);
            return entry;
        }
    }

    /** Copied, because the entries are written while they are gone through. */
    private Map<String, E> all() throws Exception {
        Map<String, E> all = new HashMap<>();
        for (Map.Entry<String, E> entry : stored.entries()) {
            all.put(entry.getKey(), entry.getValue());
        }
        return all;
    }

    @Override
    public void clear(StateKey key) {
        stored.clear();
        unjudged.remove(key);
    }
}
