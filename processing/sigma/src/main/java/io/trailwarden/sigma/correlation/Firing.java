package io.trailwarden.sigma.correlation;

import io.trailwarden.event.Sighting;
import java.time.Instant;
import java.util.List;
import java.util.Map;

/**
 * A correlation's condition became true for one group.
 *
 * @param correlation key of the correlation
 * @param firstTime the event time at which it became true
 * @param group value by name of {@code group-by}, in the rule's order
 * @param evidence the events in the window at {@code firstTime}, in order; of a chain, the events behind the inner ones
 */
public record Firing(String correlation, Instant firstTime, Map<String, String> group, List<Sighting> evidence) {}
