package io.trailwarden.detection.rules;

import io.trailwarden.detection.Published;
import io.trailwarden.sigma.correlation.CorrelatedEvent;
import io.trailwarden.sigma.correlation.Family;
import io.trailwarden.sigma.correlation.Sealed;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * The memory of one partition of one family of correlations.
 *
 * @param family see {@link Family#key()}
 * @param partition see {@link Family#partitions}
 * @param events sorted by time and id, each once; those before the seal only as far as windows reach back
 * @param tooLate how many events came after their time was sealed; they are in no window
 */
public record CorrelationState(
        String family,
        List<String> partition,
        List<CorrelatedEvent> events,
        Sealed sealed,
        long tooLate,
        Published published) {

    /** A partition that has seen nothing. */
    public static CorrelationState empty(String family, List<String> partition) {
        return new CorrelationState(family, partition, List.of(), Sealed.NOTHING, 0, Published.NOTHING);
    }

    /** The state with one more event; the same event again adds what is new about it. */
    public CorrelationState with(CorrelatedEvent event) {
        int index = Collections.binarySearch(events, event, (a, b) -> a.seen().compareTo(b.seen()));
        if (index < 0 && !event.seen().time().isAfter(sealed.at())) {
            return new CorrelationState(family, partition, events, sealed, tooLate + 1, published);
        }
        List<CorrelatedEvent> more = new ArrayList<>(events);
        if (index >= 0) {
            more.set(index, union(events.get(index), event));
        } else {
            more.add(-index - 1, event);
        }
        return new CorrelationState(family, partition, more, sealed, tooLate, published);
    }

    private static CorrelatedEvent union(CorrelatedEvent a, CorrelatedEvent b) {
        TreeSet<String> rules = new TreeSet<>(a.rules());
        rules.addAll(b.rules());
        Map<String, List<String>> fields = new LinkedHashMap<>(a.fields());
        b.fields().forEach(fields::putIfAbsent);
        return new CorrelatedEvent(
                a.seen(), List.copyOf(rules), fields, first(a.account(), b.account()), a.region(), a.principal());
    }

    private static @Nullable String first(@Nullable String a, @Nullable String b) {
        return a == null ? b : a;
    }
}
