package io.trailwarden.sigma.parse;

import com.google.re2j.Pattern;
import io.trailwarden.sigma.rule.BoundRule;
import io.trailwarden.sigma.rule.Condition;
import io.trailwarden.sigma.rule.DetectionRule;
import io.trailwarden.sigma.rule.Expression;
import io.trailwarden.sigma.rule.FilterRule;
import io.trailwarden.sigma.rule.Search;
import io.trailwarden.sigma.rule.TextPattern;
import io.trailwarden.sigma.rule.ValueTest;
import io.trailwarden.sigma.yaml.RuleRefusedException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Turns rules into {@link Expression}s: modifiers applied, conditions resolved, filters added. */
public final class RuleBinder {

    private final ItemBinder items;

    /**
     * @param placeholders values for {@code %name%} under {@code expand}; a rule that needs another one is refused
     */
    public RuleBinder(Map<String, List<String>> placeholders) {
        this.items = new ItemBinder(placeholders);
    }

    /**
     * Binds one rule with those of the filters that apply to it.
     *
     * @throws RuleRefusedException where a value, modifier or condition cannot be
     */
    public BoundRule bind(DetectionRule rule, List<FilterRule> filters) {
        List<Expression> alternatives = new ArrayList<>();
        for (Condition condition : rule.conditions()) {
            alternatives.add(bind(condition, rule.searches()));
        }
        bindUnused(rule.searches());
        Expression expression = alternatives.size() == 1 ? alternatives.get(0) : new Expression.Any(alternatives);
        List<String> applied = new ArrayList<>();
        List<Expression> filtered = new ArrayList<>(List.of(expression));
        for (FilterRule filter : filters) {
            if (filter.appliesTo(rule)) {
                filtered.add(new Expression.Labelled(
                        "filter " + filter.header().title(), filter.header().at(), bind(filter)));
                applied.add(filter.header().key());
            }
        }
        // Side by side: one inside the other, some thousand filters would be deeper than any stack.
        Expression whole = applied.isEmpty() ? expression : new Expression.All(List.copyOf(filtered));
        return new BoundRule(rule.header().key(), rule, whole, List.copyOf(applied));
    }

    /**
     * Binds a filter's own condition.
     *
     * @throws RuleRefusedException where a value, modifier or condition cannot be
     */
    public Expression bind(FilterRule filter) {
        bindUnused(filter.searches());
        return bind(filter.condition(), filter.searches());
    }

    /** A mistake in a search that no condition names is a mistake all the same. */
    private void bindUnused(Map<String, Search> searches) {
        searches.values().forEach(this::bind);
    }

    private Expression bind(Condition condition, Map<String, Search> searches) {
        return condition.accept(new Conditions(searches));
    }

    /** Conditions over these searches. */
    private final class Conditions implements Condition.Visitor<Expression> {
        private final Map<String, Search> searches;

        Conditions(Map<String, Search> searches) {
            this.searches = searches;
        }

        @Override
        public Expression and(Condition.And and) {
            return new Expression.All(parts(and.parts()));
        }

        @Override
        public Expression or(Condition.Or or) {
            return new Expression.Any(parts(or.parts()));
        }

        @Override
        public Expression not(Condition.Not not) {
            return new Expression.Not(not.part().accept(this));
        }

        @Override
        public Expression named(Condition.Named named) {
            Search search = searches.get(named.identifier());
            if (search == null) {
                throw new RuleRefusedException(
                        named.at(),
                        "condition names " + named.identifier() + ", which is not defined (expected: one of "
                                + String.join(", ", searches.keySet()) + ")");
            }
            return new Expression.Labelled(named.identifier(), named.at(), bind(search));
        }

        @Override
        public Expression quantified(Condition.Quantified quantified) {
            return bind(quantified, searches);
        }

        private List<Expression> parts(List<Condition> parts) {
            return parts.stream().map(part -> part.accept(this)).toList();
        }
    }

    private Expression bind(Condition.Quantified quantified, Map<String, Search> searches) {
        String pattern = quantified.pattern().equals("them") ? "*" : quantified.pattern();
        Pattern regex = Pattern.compile("\\Q" + pattern.replace("*", "\\E.*\\Q") + "\\E");
        List<Expression> parts = new ArrayList<>();
        for (Map.Entry<String, Search> entry : searches.entrySet()) {
            boolean hidden = entry.getKey().startsWith("_") && !pattern.startsWith("_");
            if (!hidden && regex.matcher(entry.getKey()).matches()) {
                parts.add(new Expression.Labelled(entry.getKey(), quantified.at(), bind(entry.getValue())));
            }
        }
        if (parts.isEmpty()) {
            throw new RuleRefusedException(
                    quantified.at(),
                    "condition: `of " + quantified.pattern() + "` matches no identifier (expected: a pattern that"
                            + " matches one of " + String.join(", ", searches.keySet()) + ", or leave the term out)");
        }
        return quantified.all() ? new Expression.All(parts) : new Expression.Any(parts);
    }

    /** The names of calls again, so that only events with one of them are tried. */
    private static Expression bind(Search.Pattern pattern) {
        Expression test = new Expression.Test("eventName", new ValueTest.EventPattern(pattern.json()));
        if (pattern.names().isEmpty()) {
            return test;
        }
        return new Expression.All(List.of(
                new Expression.Any(pattern.names().stream()
                        .<Expression>map(name ->
                                new Expression.Test("eventName", new ValueTest.Text(TextPattern.literal(name), false)))
                        .toList()),
                test));
    }

    private Expression bind(Search search) {
        return search.accept(new Searches());
    }

    private final class Searches implements Search.Visitor<Expression> {

        @Override
        public Expression allOf(Search.AllOf all) {
            return new Expression.All(parts(all.parts()));
        }

        @Override
        public Expression anyOf(Search.AnyOf any) {
            return new Expression.Any(parts(any.parts()));
        }

        @Override
        public Expression item(Search.Item item) {
            return items.bind(item);
        }

        @Override
        public Expression pattern(Search.Pattern pattern) {
            return bind(pattern);
        }

        private List<Expression> parts(List<Search> parts) {
            return parts.stream().map(part -> part.accept(this)).toList();
        }
    }
}
