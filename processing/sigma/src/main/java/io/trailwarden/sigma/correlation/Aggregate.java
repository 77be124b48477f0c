package io.trailwarden.sigma.correlation;

import io.trailwarden.sigma.rule.Condition;
import io.trailwarden.sigma.rule.CorrelationRule;
import java.math.BigDecimal;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** What a correlation computes over its window, kept up to date as events come in at one end and leave at the other. */
abstract class Aggregate {

    private static final Pattern NUMBER = Pattern.compile("[-+]?([0-9]+(\\.[0-9]*)?|\\.[0-9]+)([eE][-+]?[0-9]{1,3})?");

    private final CorrelationRule.Criterion criterion;

    private Aggregate(CorrelationRule.Criterion criterion) {
        this.criterion = criterion;
    }

    abstract void add(GroupEvent event);

    abstract void remove(GroupEvent event);

    /** Whether the condition holds; asked only while the window is not empty. */
    abstract boolean holds();

    static Aggregate of(CorrelationRule rule) {
        return switch (rule.type()) {
            case EVENT_COUNT -> new Count(rule.criterion());
            case VALUE_COUNT -> new Distinct(rule.criterion());
            case VALUE_SUM -> new Sum(rule.criterion(), false);
            case VALUE_AVG -> new Sum(rule.criterion(), true);
            case VALUE_PERCENTILE, VALUE_MEDIAN -> new Ranked(rule.criterion());
            case TEMPORAL -> new Together(rule);
            case TEMPORAL_ORDERED -> new Ordered(rule);
        };
    }

    final boolean satisfied(BigDecimal result) {
        return scaled(result, BigDecimal.ONE);
    }

    /** Whether {@code result / divisor} satisfies every bound, without dividing. */
    final boolean scaled(BigDecimal result, BigDecimal divisor) {
        for (CorrelationRule.Bound bound : criterion.bounds()) {
            if (!bound.relation().holds(result.compareTo(bound.value().multiply(divisor)))) {
                return false;
            }
        }
        return true;
    }

    /** The numbers among an event's values; text that is no number is passed over. */
    static List<BigDecimal> numbers(GroupEvent event) {
        List<BigDecimal> numbers = new ArrayList<>();
        for (List<String> tuple : event.tuples()) {
            String text = tuple.get(0);
            if (text.length() <= 400 && NUMBER.matcher(text).matches()) {
                numbers.add(new BigDecimal(text));
            }
        }
        return numbers;
    }

    private static final class Count extends Aggregate {
        private long count;

        Count(CorrelationRule.Criterion criterion) {
            super(criterion);
        }

        @Override
        void add(GroupEvent event) {
            count++;
        }

        @Override
        void remove(GroupEvent event) {
            count--;
        }

        @Override
        boolean holds() {
            return satisfied(BigDecimal.valueOf(count));
        }
    }

    private static final class Distinct extends Aggregate {
        private final Map<List<String>, Integer> counts = new HashMap<>();

        Distinct(CorrelationRule.Criterion criterion) {
            super(criterion);
        }

        @Override
        void add(GroupEvent event) {
            event.tuples().forEach(tuple -> counts.merge(tuple, 1, Integer::sum));
        }

        @Override
        void remove(GroupEvent event) {
            event.tuples().forEach(tuple -> counts.computeIfPresent(tuple, (t, n) -> n == 1 ? null : n - 1));
        }

        @Override
        boolean holds() {
            return satisfied(BigDecimal.valueOf(counts.size()));
        }
    }

    private static final class Sum extends Aggregate {
        private final boolean average;
        private BigDecimal sum = BigDecimal.ZERO;
        private long count;

        Sum(CorrelationRule.Criterion criterion, boolean average) {
            super(criterion);
            this.average = average;
        }

        @Override
        void add(GroupEvent event) {
            for (BigDecimal number : numbers(event)) {
                sum = sum.add(number);
                count++;
            }
        }

        @Override
        void remove(GroupEvent event) {
            for (BigDecimal number : numbers(event)) {
                sum = sum.subtract(number);
                count--;
            }
        }

        @Override
        boolean holds() {
            return count > 0 && scaled(sum, average ? BigDecimal.valueOf(count) : BigDecimal.ONE);
        }
    }

    /** Percentile by nearest rank; without one, the median. */
    private static final class Ranked extends Aggregate {
        private final @Nullable BigDecimal percentile;
        private final TreeMap<BigDecimal, Integer> values = new TreeMap<>();
        private long count;

        Ranked(CorrelationRule.Criterion criterion) {
            super(criterion);
            this.percentile = criterion.percentile();
        }

        @Override
        void add(GroupEvent event) {
            for (BigDecimal number : numbers(event)) {
                values.merge(number, 1, Integer::sum);
                count++;
            }
        }

        @Override
        void remove(GroupEvent event) {
            for (BigDecimal number : numbers(event)) {
                values.computeIfPresent(number, (v, n) -> n == 1 ? null : n - 1);
                count--;
            }
        }

        @Override
        boolean holds() {
            if (count == 0) {
                return false;
            }
            if (percentile == null) {
                BigDecimal low = atRank((count + 1) / 2);
                BigDecimal high = atRank(count / 2 + 1);
                return scaled(low.add(high), BigDecimal.valueOf(2));
            }
            long rank = percentile
                    .multiply(BigDecimal.valueOf(count))
                    .divide(BigDecimal.valueOf(100), 0, java.math.RoundingMode.CEILING)
                    .longValueExact();
            return satisfied(atRank(Math.max(1, rank)));
        }

        private BigDecimal atRank(long rank) {
            long passed = 0;
            for (Map.Entry<BigDecimal, Integer> entry : values.entrySet()) {
                passed += entry.getValue();
                if (passed >= rank) {
                    return entry.getKey();
                }
            }
            throw new IllegalStateException("rank " + rank + " of " + count);
        }
    }

    /** Which of the rules matched within the window, in any order. */
    private static final class Together extends Aggregate implements Condition.Visitor<Boolean> {
        private final CorrelationRule rule;
        private final int[] matches;

        Together(CorrelationRule rule) {
            super(rule.criterion());
            this.rule = rule;
            this.matches = new int[rule.rules().size()];
        }

        @Override
        void add(GroupEvent event) {
            event.references().stream().forEach(reference -> matches[reference]++);
        }

        @Override
        void remove(GroupEvent event) {
            event.references().stream().forEach(reference -> matches[reference]--);
        }

        @Override
        boolean holds() {
            Condition expression = rule.criterion().expression();
            if (expression != null) {
                return expression.accept(this);
            }
            int matched = 0;
            for (int count : matches) {
                matched += count > 0 ? 1 : 0;
            }
            return rule.criterion().bounds().isEmpty()
                    ? matched == matches.length
                    : satisfied(BigDecimal.valueOf(matched));
        }

        @Override
        public Boolean and(Condition.And and) {
            return and.parts().stream().allMatch(part -> part.accept(this));
        }

        @Override
        public Boolean or(Condition.Or or) {
            return or.parts().stream().anyMatch(part -> part.accept(this));
        }

        @Override
        public Boolean not(Condition.Not not) {
            return !not.part().accept(this);
        }

        @Override
        public Boolean named(Condition.Named named) {
            return matches[rule.rules().indexOf(named.identifier())] > 0;
        }

        @Override
        public Boolean quantified(Condition.Quantified quantified) {
            throw new IllegalStateException("the parser refuses `of " + quantified.pattern() + "` in a correlation");
        }
    }

    /**
     * How many of the rules, from the first on, matched one after the other on events of their own. Events of one instant
     * may be taken in any order, so that the outcome does not hang on how ties are broken.
     */
    private static final class Ordered extends Aggregate {
        private final int length;
        private final boolean counted;
        private final Deque<GroupEvent> window = new ArrayDeque<>();

        Ordered(CorrelationRule rule) {
            super(rule.criterion());
            this.length = rule.rules().size();
            this.counted = !rule.criterion().bounds().isEmpty();
        }

        @Override
        void add(GroupEvent event) {
            window.addLast(event);
        }

        @Override
        void remove(GroupEvent event) {
            window.removeFirst();
        }

        @Override
        boolean holds() {
            int reached = 0;
            List<GroupEvent> together = new ArrayList<>();
            for (GroupEvent event : window) {
                if (!together.isEmpty() && !together.get(0).time().equals(event.time())) {
                    reached = advance(reached, together);
                    together.clear();
                }
                together.add(event);
            }
            reached = advance(reached, together);
            return counted ? satisfied(BigDecimal.valueOf(reached)) : reached == length;
        }

        /** How far events of one instant lead, each serving one rule at most: growing a matching rule by rule. */
        private int advance(int reached, List<GroupEvent> events) {
            int[] servedBy = new int[events.size()];
            java.util.Arrays.fill(servedBy, -1);
            int next = reached;
            while (next < length && assign(next, events, servedBy, new BitSet())) {
                next++;
            }
            return next;
        }

        private static boolean assign(int reference, List<GroupEvent> events, int[] servedBy, BitSet tried) {
            for (int e = 0; e < events.size(); e++) {
                if (!tried.get(e) && events.get(e).references().get(reference)) {
                    tried.set(e);
                    if (servedBy[e] < 0 || assign(servedBy[e], events, servedBy, tried)) {
                        servedBy[e] = reference;
                        return true;
                    }
                }
            }
            return false;
        }
    }
}
