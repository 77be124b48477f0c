package io.trailwarden.jobs.detect;

import io.trailwarden.detection.KeyedDetector;
import io.trailwarden.detection.Round;
import io.trailwarden.detection.Signal;
import io.trailwarden.jobs.state.StateKey;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * How a detector's calls meet the state of Flink's current key: with entries beside the head, or without. The head
 * itself is read and written by whoever calls.
 */
interface Memory<K extends Record, N extends Record, S extends Record> {

    /** The head with this signal in it. Nothing is written yet: what {@link #keep} does not follow is forgotten. */
    S merge(@Nullable S before, Signal<K, N> signal);

    /** Whether the last merge changed more than the head. */
    boolean changedMore();

    /** Writes what the last merge changed beside the head, to be judged with the next {@link #evaluate}. */
    void keep(StateKey key, @Nullable S before, S after) throws Exception;

    /** Judges a key that is not kept, by the last merge alone. */
    void judgeAlone(S head, Round<K, N> round);

    /** Judges what changed since the last time. */
    S evaluate(StateKey key, S head, Round<K, N> round) throws Exception;

    /** Judges everything that the key knows. */
    S evaluateAll(StateKey key, S head, Round<K, N> round) throws Exception;

    /** Forgets what is kept beside the head. */
    void clear(StateKey key);

    /** Judges a head; one that cannot be judged stays as it is, and that is told. */
    static <K extends Record, N extends Record, S extends Record> S evaluateHead(
            KeyedDetector<K, N, S> detector, S head, Round<K, N> round, Consumer<RuntimeException> failed) {
        try {
            return detector.evaluate(head, round);
        } catch (RuntimeException e) {
            failed.accept(e);
            return head;
        }
    }

    /** A detector that keeps all in its head. */
    record Heads<K extends Record, N extends Record, S extends Record>(
            KeyedDetector<K, N, S> detector, Consumer<RuntimeException> failed) implements Memory<K, N, S> {

        @Override
        public S merge(@Nullable S before, Signal<K, N> signal) {
            return detector.merge(before, signal);
        }

        @Override
        public boolean changedMore() {
            return false;
        }

        @Override
        public void keep(StateKey key, @Nullable S before, S after) {}

        @Override
        public void judgeAlone(S head, Round<K, N> round) {
            head(head, round);
        }

        @Override
        public S evaluate(StateKey key, S head, Round<K, N> round) {
            return head(head, round);
        }

        @Override
        public S evaluateAll(StateKey key, S head, Round<K, N> round) {
            return head(head, round);
        }

        private S head(S head, Round<K, N> round) {
            return Memory.evaluateHead(detector, head, round, failed);
        }

        @Override
        public void clear(StateKey key) {}
    }
}
