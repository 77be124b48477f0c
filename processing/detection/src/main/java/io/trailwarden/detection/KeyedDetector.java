package io.trailwarden.detection;

import io.trailwarden.detection.reference.Reference;
import io.trailwarden.event.Bounded;
import java.io.Serializable;
import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A detection that needs memory. Its key, its news and its state are small records of its own. It works in three steps, so that the outcome is a function of the set of events and
 * never of their order:
 *
 * <ol>
 *   <li>a {@link SignalSource} in the source chain turns an event into at most a few {@link Signal}s;
 *   <li>{@link #merge} adds a signal to the state of its key. It is commutative and associative; it is idempotent
 *       wherever it does not count, and each counting signal reaches it once because the chain is de-duplicated;
 *   <li>{@link #evaluate} says which findings that state holds. It compares them with what was published before and
 *       publishes the difference: new findings, amendments, withdrawals.
 * </ol>
 *
 * <p><b>For whoever runs it.</b> Merge every signal at once. Evaluate at once if the key was quiet; under a storm once
 * per key and second is enough, as long as a last evaluation follows the last signal. Evaluate every key again when
 * reference data changes. Drop a key's state when the watermark has passed {@link #expiresAt} <em>and</em> no signal has
 * reached it for a while of processing time: history is also read from its end to its beginning, and then every
 * signal is older than the watermark.
 *
 * <p><b>Rounds.</b> What one key learns may matter to another (a session that takes another role). Such news leaves
 * through {@link Round#tell} and is handed to the same detector in the next round, which has state of its own.
 * {@link #rounds()} is small and fixed, so that the stream has no loop.
 *
 * <p>All three types are public records of scalars, instants, enums, nested records, lists and maps, bounded in size
 * whatever a stranger writes (see {@link Bounded}).
 *
 * @param <K> what states are kept by; two equal keys are one
 * @param <N> what the detector tells itself of one event
 * @param <S> the state of one key
 */
public interface KeyedDetector<K extends Record, N extends Record, S extends Record> extends Serializable {

    /** The stable key of the detection, for example {@code unexpected-principal}; also the settings' key. */
    String name();

    /** The keys' class, for whoever serialises them. */
    Class<K> keyType();

    /** The news' class, for whoever serialises it. */
    Class<N> newsType();

    /** The state's class, for whoever serialises it. */
    Class<S> stateType();

    /** Raised whenever older state can no longer be read as it is; older state is then dropped and learned anew. */
    int stateVersion();

    /** How many rounds there are: 1 unless the detection follows chains. */
    default int rounds() {
        return 1;
    }

    /** A fresh front end for one subtask. What it remembers only spares signals, and may be lost at any time. */
    SignalSource<K, N> signals();

    /**
     * The state with one more signal in it.
     *
     * @param state null for a key without state
     * @return {@code state} itself when the signal says nothing new, so that nothing need be written or evaluated
     */
    S merge(@Nullable S state, Signal<K, N> signal);

    /** Publishes what changed, and returns the state that remembers it as published. */
    S evaluate(S state, Round<K, N> round);

    /**
     * How far this state's key is known, so that people can see whether silence means "nothing new" or "not learned yet".
     * Cheap: it is asked at every change of a state.
     */
    default Knowledge knowledge(S state, Reference reference) {
        return Knowledge.NONE;
    }

    /** How far a key is known. */
    enum Knowledge {
        /** Nothing is learned about it. */
        NONE,
        /** It is watched, and what it does for the first time is not a finding yet. */
        LEARNING,
        /** What it does for the first time is a finding. */
        LEARNED
    }

    /** What this instance counts, by stable names, for people who watch the job. Cheap; asked every few seconds. */
    default Map<String, Long> numbers() {
        return Map.of();
    }

    /** The event time after which nothing can change this state's findings any more. */
    Instant expiresAt(S state, Reference reference);
}
