package io.trailwarden.sigma.match;

import io.trailwarden.sigma.rule.BoundRule;
import io.trailwarden.sigma.rule.Expression;
import io.trailwarden.sigma.rule.ValueTest;
import java.util.List;

/**
 * What a rule costs: how often it is tried, and what a try takes.
 *
 * @param clue the weakest thing by which an event leads to the rule
 * @param clues how many of them there are
 * @param tests of fields that a try may make
 * @param regexes how many of the tests are regular expressions
 * @param estimate an order of magnitude for sorting, without a unit: about 1 for a rule gated by an eventName
 */
public record RuleCost(Clue clue, int clues, int tests, int regexes, double estimate) {

    /** What leads an event to a rule, from rare to frequent. */
    public enum Clue {
        /** A field with an exact value. */
        VALUE,
        /** A piece of text in a field. */
        STRETCH,
        /** A field that is there. */
        PRESENCE,
        /** Nothing: the rule is tried on every event. */
        NONE
    }

    /** The cost of one rule. */
    public static RuleCost of(BoundRule rule) {
        Witness witness = Witness.of(rule.expression());
        int tests = count(rule.expression(), false);
        int regexes = count(rule.expression(), true);
        double weight = 1 + tests / 8.0 + regexes * 5.0;
        if (witness == null) {
            return new RuleCost(Clue.NONE, 0, tests, regexes, 500 * weight);
        }
        Clue weakest = Clue.VALUE;
        for (Witness.Clue clue : witness.clues()) {
            Clue kind = clue instanceof Witness.Value
                    ? Clue.VALUE
                    : clue instanceof Witness.Stretch ? Clue.STRETCH : Clue.PRESENCE;
            weakest = kind.compareTo(weakest) > 0 ? kind : weakest;
        }
        double often = weakest == Clue.PRESENCE ? 100 : weakest == Clue.STRETCH ? 8 : Math.min(60, witness.cost());
        return new RuleCost(weakest, witness.clues().size(), tests, regexes, often * weight);
    }

    private static int count(Expression expression, boolean regexOnly) {
        if (expression instanceof Expression.Labelled labelled) {
            return count(labelled.part(), regexOnly);
        }
        if (expression instanceof Expression.Not not) {
            return count(not.part(), regexOnly);
        }
        if (expression instanceof Expression.All all) {
            return sum(all.parts(), regexOnly);
        }
        if (expression instanceof Expression.Any any) {
            return sum(any.parts(), regexOnly);
        }
        return expression instanceof Expression.Test test && (!regexOnly || test.test() instanceof ValueTest.Regex)
                ? 1
                : 0;
    }

    private static int sum(List<Expression> parts, boolean regexOnly) {
        return parts.stream().mapToInt(part -> count(part, regexOnly)).sum();
    }
}
