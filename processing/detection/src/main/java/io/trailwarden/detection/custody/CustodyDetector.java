package io.trailwarden.detection.custody;

import io.trailwarden.detection.KeyedDetector;
import io.trailwarden.detection.Published;
import io.trailwarden.detection.Round;
import io.trailwarden.detection.Signal;
import io.trailwarden.detection.SignalSource;
import io.trailwarden.detection.reference.Reference;
import io.trailwarden.event.Claim;
import io.trailwarden.event.custody.CustodyObservation;
import io.trailwarden.event.custody.CustodyObservation.State;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Whether CloudTrail's objects are those that CloudTrail wrote: what a watcher saw of digests and objects is a finding for
 * as long as it is so.
 *
 * <p>The last observation of a thing counts, whenever it arrives. What is not watched any more stands as it is.
 */
public final class CustodyDetector implements KeyedDetector<CustodyKey, CustodyObservation, CustodyState> {

    /** The detector's key; its findings are named by what was seen, see {@link CustodyWords}. */
    public static final String NAME = "custody";

    private static final long serialVersionUID = 1L;

    /** An observation may be late by this much: a watcher that was down tells afterwards what it had seen before. */
    private static final Duration LATE = Duration.ofDays(1);

    /** Of two that were seen at once, the one that says that something is wrong counts. */
    private static final Comparator<CustodyObservation> LATER = Comparator.comparing(
                    (CustodyObservation observation) -> observation.times().seen())
            .thenComparing(CustodyObservation::state, Comparator.reverseOrder())
            .thenComparing(CustodyObservation::toString);

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public Class<CustodyKey> keyType() {
        return CustodyKey.class;
    }

    @Override
    public Class<CustodyObservation> newsType() {
        return CustodyObservation.class;
    }

    @Override
    public Class<CustodyState> stateType() {
        return CustodyState.class;
    }

    @Override
    public int stateVersion() {
        return 1;
    }

    @Override
    public SignalSource<CustodyKey, CustodyObservation> signals() {
        return new CustodySignals();
    }

    @Override
    public CustodyState merge(@Nullable CustodyState state, Signal<CustodyKey, CustodyObservation> signal) {
        if (state == null) {
            return new CustodyState(signal.news(), Published.NOTHING);
        }
        return LATER.compare(signal.news(), state.latest()) > 0
                ? new CustodyState(signal.news(), state.published())
                : state;
    }

    @Override
    public CustodyState evaluate(CustodyState state, Round<CustodyKey, CustodyObservation> round) {
        CustodyObservation latest = state.latest();
        List<Claim> claims = latest.state() == State.HOLDS ? List.of(CustodyWords.claim(latest)) : List.of();
        return new CustodyState(latest, round.findings().settle(state.published(), claims, CustodyWords.WITHDRAWN));
    }

    @Override
    public Instant expiresAt(CustodyState state, Reference reference) {
        CustodyObservation latest = state.latest();
        Instant until = latest.state() == State.HOLDS
                ? latest.times().watchedUntil()
                : latest.times().seen();
        return until == null ? Instant.MAX : until.plus(LATE);
    }
}
