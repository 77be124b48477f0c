package io.trailwarden.sigma.correlation;

import io.trailwarden.event.Sighting;
import io.trailwarden.sigma.RuleSet.BoundCorrelation;
import io.trailwarden.sigma.rule.CorrelationRule;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Correlations that refer to each other, together with the rules they are over: the unit that is evaluated as a whole.
 *
 * <p>Events fall into <em>partitions</em> that have nothing to do with each other, so that they can be evaluated apart,
 * on different machines.
 */
public final class Family {

    private static final int MAX_COMBINATIONS = 64;

    /** What makes an event or firing one and the same within a group. */
    private record Member(Instant time, String id) {}

    private final String key;
    private final List<BoundCorrelation> correlations;
    private final Set<String> innerKeys = new HashSet<>();

    /** By correlation: for each part of the partition's key, the field of each reference that holds it. */
    private final Map<String, List<List<String>>> partitionFields = new HashMap<>();

    private final int partitionParts;

    Family(List<BoundCorrelation> correlations) {
        this.correlations = List.copyOf(correlations);
        Set<String> referenced = new HashSet<>();
        correlations.forEach(c -> {
            innerKeys.add(c.key());
            referenced.addAll(c.references());
        });
        List<BoundCorrelation> outermost =
                correlations.stream().filter(c -> !referenced.contains(c.key())).toList();
        this.key = outermost.stream()
                .map(BoundCorrelation::key)
                .min(Comparator.naturalOrder())
                .orElseThrow();
        this.partitionParts = outermost.size() == 1 ? plan(outermost.get(0)) : 0;
    }

    /** Names the family in state: the key of its outermost correlation. */
    public String key() {
        return key;
    }

    /** Its correlations, inner before outer. */
    public List<BoundCorrelation> correlations() {
        return correlations;
    }

    /** Keys of the rules that it needs matches of. */
    public Set<String> rules() {
        Set<String> rules = new TreeSet<>();
        correlations.forEach(c -> rules.addAll(c.references()));
        rules.removeAll(innerKeys);
        return rules;
    }

    /** Fields that it needs the values of. */
    public Set<String> fields() {
        Set<String> fields = new TreeSet<>();
        for (BoundCorrelation correlation : correlations) {
            CorrelationRule rule = correlation.rule();
            for (int i = 0; i < correlation.references().size(); i++) {
                if (!innerKeys.contains(correlation.references().get(i))) {
                    for (String name : rule.groupBy()) {
                        fields.add(field(rule, i, name));
                    }
                    for (String name : rule.criterion().fields()) {
                        fields.add(field(rule, i, name));
                    }
                }
            }
        }
        return fields;
    }

    /** How far before an event others may lie that matter together with it. */
    public Duration horizon() {
        Duration total = Duration.ZERO;
        for (BoundCorrelation correlation : correlations) {
            total = total.plus(correlation.rule().timespan());
        }
        return total;
    }

    /** The name of a field for one reference of a correlation, after its aliases. */
    private static String field(CorrelationRule rule, int reference, String name) {
        Map<String, String> alias = rule.aliases().get(name);
        return alias == null ? name : alias.getOrDefault(rule.rules().get(reference), name);
    }

    // Partitions

    /** Finds the parts of the outermost group that every correlation below also groups by. */
    private int plan(BoundCorrelation outermost) {
        List<String> names = new ArrayList<>(outermost.rule().groupBy());
        while (true) {
            partitionFields.clear();
            int broken = place(outermost, names);
            if (broken < 0) {
                return names.size();
            }
            names.remove(broken);
        }
    }

    /** Records the fields of {@code names}; returns the index of a name that cannot be followed down, or -1. */
    private int place(BoundCorrelation correlation, List<String> names) {
        List<List<String>> byReference = new ArrayList<>();
        for (int i = 0; i < correlation.references().size(); i++) {
            List<String> fields = new ArrayList<>();
            for (String name : names) {
                fields.add(field(correlation.rule(), i, name));
            }
            byReference.add(fields);
            BoundCorrelation inner = inner(correlation.references().get(i));
            if (inner != null) {
                for (int n = 0; n < fields.size(); n++) {
                    if (!inner.rule().groupBy().contains(fields.get(n))) {
                        return n;
                    }
                }
                List<List<String>> before = partitionFields.get(inner.key());
                int broken = place(inner, fields);
                if (broken >= 0) {
                    return broken;
                }
                if (before != null && !before.equals(partitionFields.get(inner.key()))) {
                    return 0;
                }
            }
        }
        partitionFields.put(correlation.key(), byReference);
        return -1;
    }

    private @Nullable BoundCorrelation inner(String reference) {
        for (BoundCorrelation correlation : correlations) {
            if (correlation.key().equals(reference)) {
                return correlation;
            }
        }
        return null;
    }

    /** The partitions that an event belongs to; none when it cannot take part in any correlation. */
    public Set<List<String>> partitions(CorrelatedEvent event) {
        Set<List<String>> partitions = new LinkedHashSet<>();
        for (BoundCorrelation correlation : correlations) {
            for (int i = 0; i < correlation.references().size(); i++) {
                if (event.rules().contains(correlation.references().get(i))) {
                    partitions.addAll(partitionKeys(correlation, i, event.fields()));
                }
            }
        }
        return partitions;
    }

    private List<List<String>> partitionKeys(
            BoundCorrelation correlation, int reference, Map<String, List<String>> fields) {
        if (partitionParts == 0) {
            return List.of(List.of());
        }
        List<List<String>> byReference =
                Objects.requireNonNull(partitionFields.get(correlation.key()), correlation.key());
        return combinations(byReference.get(reference), fields);
    }

    // Evaluation

    /**
     * Every firing of every correlation of the family, silent ones too, sorted by time, correlation and group.
     *
     * @param partition one of {@link #partitions}; null to evaluate all partitions at once
     */
    public List<Firing> firings(Collection<CorrelatedEvent> events, @Nullable List<String> partition) {
        return evaluate(events, partition, Sealed.NOTHING).firings();
    }

    /** What holds for these events, given what was decided before them. */
    public Evaluated evaluate(Collection<CorrelatedEvent> events, @Nullable List<String> partition, Sealed sealed) {
        Map<String, List<Firing>> firings = new LinkedHashMap<>();
        List<Evaluated.Timeline> timelines = new ArrayList<>();
        for (BoundCorrelation correlation : correlations) {
            List<Firing> found = new ArrayList<>(sealed.firings(correlation.key()));
            Map<List<String>, Map<Member, GroupEvent>> groups = groups(correlation, events, partition, firings);
            for (Map.Entry<List<String>, Map<Member, GroupEvent>> group : groups.entrySet()) {
                Evaluated.Timeline timeline = new Evaluated.Timeline(
                        correlation,
                        group.getKey(),
                        List.copyOf(sorted(group.getValue().values())));
                timelines.add(timeline);
                found.addAll(timeline.firings(sealed));
            }
            found.sort(Evaluated.ORDER);
            firings.put(correlation.key(), found);
        }
        List<Firing> all = new ArrayList<>();
        firings.values().forEach(all::addAll);
        all.sort(Evaluated.ORDER);
        return new Evaluated(all, timelines);
    }

    private static List<GroupEvent> sorted(Collection<GroupEvent> events) {
        List<GroupEvent> sorted = new ArrayList<>(events);
        sorted.sort(Comparator.comparing(GroupEvent::time).thenComparing(GroupEvent::id));
        return sorted;
    }

    private Map<List<String>, Map<Member, GroupEvent>> groups(
            BoundCorrelation correlation,
            Collection<CorrelatedEvent> events,
            @Nullable List<String> partition,
            Map<String, List<Firing>> inner) {
        Map<List<String>, Map<Member, GroupEvent>> groups = new TreeMap<>(Evaluated::compare);
        for (int i = 0; i < correlation.references().size(); i++) {
            String reference = correlation.references().get(i);
            if (innerKeys.contains(reference)) {
                for (Firing firing : inner.getOrDefault(reference, List.of())) {
                    Map<String, List<String>> fields = new HashMap<>();
                    firing.group().forEach((name, value) -> fields.put(name, List.of(value)));
                    String id = "firing of " + firing.correlation() + ' '
                            + firing.group().values();
                    join(groups, correlation, i, firing.firstTime(), id, fields, firing.evidence());
                }
            } else {
                for (CorrelatedEvent event : events) {
                    if (event.rules().contains(reference)
                            && (partition == null
                                    || partitionKeys(correlation, i, event.fields())
                                            .contains(partition))) {
                        Sighting seen = event.seen();
                        join(groups, correlation, i, seen.time(), seen.eventId(), event.fields(), List.of(seen));
                    }
                }
            }
        }
        return groups;
    }

    private static void join(
            Map<List<String>, Map<Member, GroupEvent>> groups,
            BoundCorrelation correlation,
            int reference,
            Instant time,
            String id,
            Map<String, List<String>> fields,
            List<Sighting> evidence) {
        CorrelationRule rule = correlation.rule();
        List<String> groupFields = new ArrayList<>();
        rule.groupBy().forEach(name -> groupFields.add(field(rule, reference, name)));
        List<String> valueFields = new ArrayList<>();
        rule.criterion().fields().forEach(name -> valueFields.add(field(rule, reference, name)));
        List<List<String>> tuples = valueFields.isEmpty() ? List.of() : combinations(valueFields, fields);
        for (List<String> group : combinations(groupFields, fields)) {
            Map<Member, GroupEvent> members = groups.computeIfAbsent(group, g -> new HashMap<>());
            Member member = new Member(time, id);
            GroupEvent known = members.get(member);
            if (known == null) {
                BitSet references = new BitSet();
                references.set(reference);
                members.put(member, new GroupEvent(time, id, references, tuples, evidence));
            } else {
                // The event matches several of the rules: it counts once, with every value they see in it.
                known.references().set(reference);
                if (!known.tuples().containsAll(tuples)) {
                    Set<List<String>> union = new LinkedHashSet<>(known.tuples());
                    union.addAll(tuples);
                    members.put(member, new GroupEvent(time, id, known.references(), List.copyOf(union), evidence));
                }
            }
        }
    }

    /** Every way to take one value of each field; none when a field has no value. */
    private static List<List<String>> combinations(List<String> names, Map<String, List<String>> fields) {
        List<List<String>> combinations = List.of(List.of());
        for (String name : names) {
            List<List<String>> longer = new ArrayList<>();
            for (List<String> combination : combinations) {
                for (String value : fields.getOrDefault(name, List.of())) {
                    if (longer.size() < MAX_COMBINATIONS) {
                        List<String> more = new ArrayList<>(combination);
                        more.add(value);
                        longer.add(more);
                    }
                }
            }
            combinations = longer;
        }
        return combinations;
    }
}
