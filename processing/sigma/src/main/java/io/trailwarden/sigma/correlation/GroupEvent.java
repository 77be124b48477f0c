package io.trailwarden.sigma.correlation;

import io.trailwarden.event.Sighting;
import java.time.Instant;
import java.util.BitSet;
import java.util.List;

/**
 * One event (or firing of an inner correlation) in one group of one correlation.
 *
 * @param id unique within the group, to order events of one instant
 * @param references positions of the correlation's rules that it counts for here
 * @param tuples values of the condition's fields, without those where one is missing
 * @param evidence the event itself, or the events behind the firing
 */
record GroupEvent(Instant time, String id, BitSet references, List<List<String>> tuples, List<Sighting> evidence) {}
