package io.trailwarden.sigma.correlation;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/**
 * What is decided for good up to some event time, so that older events can be forgotten.
 *
 * @param at nothing up to and including this event time changes any more
 * @param disarmed groups that have fired and whose condition still held at that time
 * @param firings those up to that time that later events may still be combined with
 */
public record Sealed(Instant at, List<Group> disarmed, List<Firing> firings) {

    /** Nothing is decided yet. */
    public static final Sealed NOTHING = new Sealed(Instant.MIN, List.of(), List.of());

    /**
     * One group of one correlation.
     *
     * @param correlation key of the correlation
     */
    public record Group(String correlation, List<String> values) {}

    List<Firing> firings(String correlation) {
        return firings.stream().filter(f -> f.correlation().equals(correlation)).toList();
    }

    /** What is decided once everything up to {@code until} is. */
    public Sealed advanced(Instant until, Evaluated evaluated, Duration keep) {
        List<Group> waiting = new ArrayList<>();
        for (Evaluated.Timeline timeline : evaluated.timelines()) {
            if (timeline.disarmedAt(until, this)) {
                waiting.add(new Group(timeline.correlation().key(), timeline.group()));
            }
        }
        Instant oldest = until.minus(keep);
        List<Firing> kept = evaluated.firings().stream()
                .filter(f -> !f.firstTime().isAfter(until) && f.firstTime().isAfter(oldest))
                .toList();
        return new Sealed(until, List.copyOf(waiting), kept);
    }
}
