package io.trailwarden.detection.rules;

import io.trailwarden.event.Sighting;
import io.trailwarden.sigma.RuleSet;
import io.trailwarden.sigma.RuleSet.BoundCorrelation;
import io.trailwarden.sigma.correlation.CorrelatedEvent;
import io.trailwarden.sigma.correlation.Firing;
import io.trailwarden.sigma.rule.CorrelationRule;
import io.trailwarden.sigma.rule.ValueTest;
import java.math.BigDecimal;
import java.math.MathContext;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * What correlations mean, by definition: every window is built anew for every instant, every order of events is tried.
 * Shares nothing with the engine but the parsed rules.
 */
final class BruteForce {

    private record Item(
            Instant time,
            Set<Integer> references,
            Map<Integer, Map<String, List<String>>> fields,
            List<Sighting> evidence) {}

    private final RuleSet rules;
    private final Map<String, List<Firing>> firings = new LinkedHashMap<>();

    private BruteForce(RuleSet rules) {
        this.rules = rules;
    }

    static List<Firing> firings(RuleSet rules, Collection<CorrelatedEvent> events) {
        BruteForce force = new BruteForce(rules);
        for (BoundCorrelation correlation : rules.correlations()) {
            force.firings.put(correlation.key(), force.firings(correlation, events));
        }
        List<Firing> all = new ArrayList<>();
        force.firings.values().forEach(all::addAll);
        all.sort(Comparator.comparing(Firing::firstTime)
                .thenComparing(Firing::correlation)
                .thenComparing(f -> f.group().values().toString()));
        return all;
    }

    private List<Firing> firings(BoundCorrelation correlation, Collection<CorrelatedEvent> events) {
        Set<List<String>> groups = new LinkedHashSet<>();
        for (Item item : items(correlation, events, null)) {
            item.references().forEach(r -> groups.addAll(keys(correlation, item, r)));
        }
        List<Firing> found = new ArrayList<>();
        for (List<String> group : groups) {
            found.addAll(firings(correlation, group, items(correlation, events, group)));
        }
        return found;
    }

    private List<Firing> firings(BoundCorrelation correlation, List<String> group, List<Item> items) {
        var timespan = correlation.rule().timespan();
        TreeSet<Instant> instants = new TreeSet<>();
        items.forEach(item -> {
            instants.add(item.time());
            instants.add(item.time().plus(timespan));
        });
        List<Firing> found = new ArrayList<>();
        boolean armed = true;
        for (Instant instant : instants) {
            List<Item> window = items.stream()
                    .filter(i -> !i.time().isAfter(instant) && i.time().isAfter(instant.minus(timespan)))
                    .toList();
            boolean holds = !window.isEmpty() && holds(correlation.rule(), window);
            if (!holds) {
                armed = true;
            } else if (armed && items.stream().anyMatch(i -> i.time().equals(instant))) {
                armed = false;
                Map<String, String> values = new LinkedHashMap<>();
                for (int i = 0; i < group.size(); i++) {
                    values.put(correlation.rule().groupBy().get(i), group.get(i));
                }
                TreeSet<Sighting> evidence = new TreeSet<>();
                window.forEach(item -> evidence.addAll(item.evidence()));
                found.add(new Firing(correlation.key(), instant, values, List.copyOf(evidence)));
            }
        }
        return found;
    }

    /** The items of one group, or of all when {@code group} is null. */
    private List<Item> items(BoundCorrelation correlation, Collection<CorrelatedEvent> events, List<String> group) {
        List<Item> items = new ArrayList<>();
        for (CorrelatedEvent event : events) {
            Item item = new Item(event.seen().time(), new HashSet<>(), new HashMap<>(), List.of(event.seen()));
            for (int r = 0; r < correlation.references().size(); r++) {
                if (event.rules().contains(correlation.references().get(r))) {
                    item.fields().put(r, event.fields());
                    if (group == null || keys(correlation, item, r).contains(group)) {
                        item.references().add(r);
                    }
                }
            }
            if (!item.references().isEmpty()) {
                items.add(item);
            }
        }
        for (String inner : new LinkedHashSet<>(correlation.references())) {
            for (Firing firing : firings.getOrDefault(inner, List.of())) {
                Item item = new Item(firing.firstTime(), new HashSet<>(), new HashMap<>(), firing.evidence());
                Map<String, List<String>> fields = new HashMap<>();
                firing.group().forEach((k, v) -> fields.put(k, List.of(v)));
                for (int r = 0; r < correlation.references().size(); r++) {
                    if (correlation.references().get(r).equals(inner)) {
                        item.fields().put(r, fields);
                        if (group == null || keys(correlation, item, r).contains(group)) {
                            item.references().add(r);
                        }
                    }
                }
                if (!item.references().isEmpty()) {
                    items.add(item);
                }
            }
        }
        return items;
    }

    private static List<List<String>> keys(BoundCorrelation correlation, Item item, int reference) {
        return tuples(
                correlation.rule(),
                item.fields().get(reference),
                reference,
                correlation.rule().groupBy());
    }

    private static List<List<String>> tuples(
            CorrelationRule rule, Map<String, List<String>> fields, int reference, List<String> names) {
        List<List<String>> tuples = List.of(List.of());
        for (String name : names) {
            String field = rule.aliases()
                    .getOrDefault(name, Map.of())
                    .getOrDefault(rule.rules().get(reference), name);
            tuples = tuples.stream()
                    .flatMap(tuple -> fields.getOrDefault(field, List.of()).stream()
                            .map(value -> {
                                List<String> longer = new ArrayList<>(tuple);
                                longer.add(value);
                                return longer;
                            }))
                    .map(List::copyOf)
                    .toList();
        }
        return tuples;
    }

    private static boolean holds(CorrelationRule rule, List<Item> window) {
        return switch (rule.type()) {
            case EVENT_COUNT -> within(rule, BigDecimal.valueOf(window.size()));
            case VALUE_COUNT -> {
                Set<List<String>> distinct = new HashSet<>();
                for (Item item : window) {
                    for (int r : item.references()) {
                        distinct.addAll(tuples(
                                rule, item.fields().get(r), r, rule.criterion().fields()));
                    }
                }
                yield within(rule, BigDecimal.valueOf(distinct.size()));
            }
            case VALUE_SUM -> {
                List<BigDecimal> numbers = numbers(rule, window);
                yield !numbers.isEmpty() && within(rule, numbers.stream().reduce(BigDecimal.ZERO, BigDecimal::add));
            }
            case VALUE_AVG -> {
                List<BigDecimal> numbers = numbers(rule, window);
                yield !numbers.isEmpty()
                        && within(
                                rule,
                                numbers.stream()
                                        .reduce(BigDecimal.ZERO, BigDecimal::add)
                                        .divide(BigDecimal.valueOf(numbers.size()), new MathContext(60)));
            }
            case VALUE_PERCENTILE -> {
                List<BigDecimal> numbers = numbers(rule, window);
                for (BigDecimal candidate : numbers) {
                    long below = numbers.stream()
                            .filter(n -> n.compareTo(candidate) <= 0)
                            .count();
                    if (BigDecimal.valueOf(below * 100)
                                    .compareTo(
                                            rule.criterion().percentile().multiply(BigDecimal.valueOf(numbers.size())))
                            >= 0) {
                        yield within(rule, candidate);
                    }
                }
                yield false;
            }
            case VALUE_MEDIAN -> {
                List<BigDecimal> n = numbers(rule, window);
                yield !n.isEmpty()
                        && within(
                                rule,
                                n.get((n.size() - 1) / 2)
                                        .add(n.get(n.size() / 2))
                                        .divide(BigDecimal.valueOf(2), new MathContext(60)));
            }
            case TEMPORAL -> {
                Set<Integer> matched = new HashSet<>();
                window.forEach(item -> matched.addAll(item.references()));
                yield rule.criterion().bounds().isEmpty()
                        ? matched.size() == rule.rules().size()
                        : within(rule, BigDecimal.valueOf(matched.size()));
            }
            case TEMPORAL_ORDERED -> {
                int reached = longest(rule.rules().size(), 0, window, new HashSet<>(), Instant.MIN);
                yield rule.criterion().bounds().isEmpty()
                        ? reached == rule.rules().size()
                        : within(rule, BigDecimal.valueOf(reached));
            }
        };
    }

    private static int longest(int rules, int reached, List<Item> window, Set<Integer> used, Instant since) {
        int best = reached;
        for (int i = 0; i < window.size() && reached < rules; i++) {
            Item item = window.get(i);
            if (!used.contains(i)
                    && !item.time().isBefore(since)
                    && item.references().contains(reached)) {
                used.add(i);
                best = Math.max(best, longest(rules, reached + 1, window, used, item.time()));
                used.remove(i);
            }
        }
        return best;
    }

    private static List<BigDecimal> numbers(CorrelationRule rule, List<Item> window) {
        List<BigDecimal> numbers = new ArrayList<>();
        for (Item item : window) {
            Set<List<String>> tuples = new LinkedHashSet<>();
            item.references()
                    .forEach(r -> tuples.addAll(tuples(
                            rule, item.fields().get(r), r, rule.criterion().fields())));
            for (List<String> tuple : tuples) {
                if (tuple.get(0).matches("[-+]?([0-9]+(\\.[0-9]*)?|\\.[0-9]+)([eE][-+]?[0-9]{1,3})?")) {
                    numbers.add(new BigDecimal(tuple.get(0)));
                }
            }
        }
        numbers.sort(Comparator.naturalOrder());
        return numbers;
    }

    private static boolean within(CorrelationRule rule, BigDecimal result) {
        return rule.criterion().bounds().stream().allMatch(bound -> switch (bound.relation()) {
            case EQUAL -> result.compareTo(bound.value()) == 0;
            case NOT_EQUAL -> result.compareTo(bound.value()) != 0;
            case LESS -> result.compareTo(bound.value()) < 0;
            case LESS_OR_EQUAL -> result.compareTo(bound.value()) <= 0;
            case GREATER -> result.compareTo(bound.value()) > 0;
            case GREATER_OR_EQUAL -> result.compareTo(bound.value()) >= 0;
        });
    }

    /** Named so that a reader of a failing case sees which relations a rule uses. */
    static Set<ValueTest.Relation> relations(CorrelationRule rule) {
        Set<ValueTest.Relation> relations = new HashSet<>();
        rule.criterion().bounds().forEach(bound -> relations.add(bound.relation()));
        return relations;
    }
}
