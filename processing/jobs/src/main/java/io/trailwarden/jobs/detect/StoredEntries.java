package io.trailwarden.jobs.detect;

import io.trailwarden.detection.Entries;
import io.trailwarden.detection.EntryDetector;
import io.trailwarden.detection.Round;
import io.trailwarden.detection.Signal;
import io.trailwarden.jobs.state.StateKey;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.apache.flink.api.common.state.MapState;
import org.apache.flink.util.FlinkRuntimeException;
import org.jspecify.annotations.Nullable;

/**
 * The entries of Flink's current key. What a merge changes lies here until it is kept, so that a detector that fails
 * half-way, or a key for which there is no room, leaves nothing behind.
 *
 * <p>Which entries wait for their judgement is remembered on the heap only: all of them are judged before a checkpoint.
 */
final class StoredEntries<K extends Record, N extends Record, S extends Record, E extends Record>
        implements Memory<K, N, S>, Entries<E> {

    private final EntryDetector<K, N, S, E> detector;
    private final MapState<String, E> stored;
    private final Consumer<RuntimeException> failed;
    private final Map<StateKey, Unjudged> unjudged = new HashMap<>();

    /** What the last merge changed; null: removed. */
    private final Map<String, @Nullable E> changes = new LinkedHashMap<>();

    private boolean known;

    /** The entries of one key that are to be judged. */
    private static final class Unjudged {
        private final Set<String> names = new HashSet<>();
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
                for (Map.Entry<String, E> entry : stored.entries()) {
                    all.put(entry.getKey(), entry.getValue());
                }
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
        Unjudged waiting = unjudged.computeIfAbsent(key, any -> new Unjudged());
        waiting.all |= all;
        for (Map.Entry<String, @Nullable E> change : changes.entrySet()) {
            E entry = change.getValue();
            if (entry == null) {
                stored.remove(change.getKey());
            } else {
                stored.put(change.getKey(), entry);
                waiting.names.add(change.getKey());
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
        Unjudged waiting = unjudged.remove(key);
        if (waiting != null) {
            for (String name : waiting.all ? names() : waiting.names) {
                judge(name, judged, round);
            }
        }
        return judged;
    }

    @Override
    public S evaluateAll(StateKey key, S head, Round<K, N> round) throws Exception {
        S judged = Memory.evaluateHead(detector, head, round, failed);
        unjudged.remove(key);
        for (String name : names()) {
            judge(name, judged, round);
        }
        return judged;
    }

    private void judge(String name, S head, Round<K, N> round) throws Exception {
        E before = stored.get(name);
        if (before == null) {
            return;
        }
        E after = judged(name, before, head, round);
        if (after != before) {
            stored.put(name, after);
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
    private List<String> names() throws Exception {
        List<String> names = new ArrayList<>();
        stored.keys().forEach(names::add);
        return names;
    }

    @Override
    public void clear(StateKey key) {
        stored.clear();
        unjudged.remove(key);
    }
}
