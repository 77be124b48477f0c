package io.trailwarden.sigma.correlation;

import io.trailwarden.event.Sighting;
import io.trailwarden.sigma.RuleSet.BoundCorrelation;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

/**
 * The outcome of one evaluation.
 *
 * @param firings of all correlations of a family, sorted
 * @param timelines what they came from
 */
public record Evaluated(List<Firing> firings, List<Timeline> timelines) {

    static final Comparator<Firing> ORDER = Comparator.comparing(Firing::firstTime)
            .thenComparing(Firing::correlation)
            .thenComparing(firing -> List.copyOf(firing.group().values()), Evaluated::compare);

    static int compare(List<String> a, List<String> b) {
        for (int i = 0; i < Math.min(a.size(), b.size()); i++) {
            int order = a.get(i).compareTo(b.get(i));
            if (order != 0) {
                return order;
            }
        }
        return Integer.compare(a.size(), b.size());
    }

    /**
     * The events of one group of one correlation, in order of time.
     *
     * <p>The window at instant T holds the events of (T - timespan, T]. The group fires at the first event time at which
     * the condition holds, and again only after it has not held at some instant since; an instant is also when an event
     * leaves the window.
     */
    record Timeline(BoundCorrelation correlation, List<String> group, List<GroupEvent> events) {

        List<Firing> firings(Sealed sealed) {
            List<Firing> firings = new ArrayList<>();
            run(sealed, Instant.MAX, firings);
            return firings;
        }

        /** Whether the group, having fired, waits at this instant for its condition to fail. */
        boolean disarmedAt(Instant until, Sealed sealed) {
            return !run(sealed, until, new ArrayList<>());
        }

        private boolean run(Sealed sealed, Instant until, List<Firing> firings) {
            Duration timespan = correlation.rule().timespan();
            Aggregate aggregate = Aggregate.of(correlation.rule());
            int first = 0;
            int last = 0;
            Instant instant = events.get(0).time();
            // A group without events at the seal has an empty window there, so its condition does not hold.
            boolean armed = instant.isAfter(sealed.at())
                    || !sealed.disarmed().contains(new Sealed.Group(correlation.key(), group));
            while (!instant.isAfter(until)) {
                boolean arrival = false;
                while (last < events.size() && !events.get(last).time().isAfter(instant)) {
                    aggregate.add(events.get(last++));
                    arrival = true;
                }
                while (first < last && !events.get(first).time().plus(timespan).isAfter(instant)) {
                    aggregate.remove(events.get(first++));
                }
                if (instant.isAfter(sealed.at())) {
                    boolean holds = first < last && aggregate.holds();
                    if (!holds) {
                        armed = true;
                    } else if (armed && arrival) {
                        armed = false;
                        firings.add(firing(instant, events.subList(first, last)));
                    }
                }
                if (first == events.size()) {
                    break;
                }
                Instant leaving = first < last ? events.get(first).time().plus(timespan) : Instant.MAX;
                Instant coming = last < events.size() ? events.get(last).time() : Instant.MAX;
                instant = leaving.isBefore(coming) ? leaving : coming;
            }
            return armed;
        }

        private Firing firing(Instant time, List<GroupEvent> window) {
            Map<String, String> values = new LinkedHashMap<>();
            for (int i = 0; i < group.size(); i++) {
                values.put(correlation.rule().groupBy().get(i), group.get(i));
            }
            TreeSet<Sighting> evidence = new TreeSet<>();
            window.forEach(event -> evidence.addAll(event.evidence()));
            return new Firing(correlation.key(), time, values, List.copyOf(evidence));
        }
    }
}
