package io.trailwarden.event;

import java.time.Instant;

/**
 * One event as evidence: when, and which. Ordered by time, then by id, so that the earliest of a set is one and the same
 * in any order of arrival.
 */
public record Sighting(Instant time, String eventId) implements Comparable<Sighting> {

    /** Bounds an id that is too long. */
    public Sighting {
        eventId = Bounded.text(eventId);
    }

    @Override
    public int compareTo(Sighting other) {
        int byTime = time.compareTo(other.time);
        return byTime != 0 ? byTime : eventId.compareTo(other.eventId);
    }
}
