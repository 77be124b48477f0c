package io.trailwarden.sigma.match;

import io.trailwarden.sigma.rule.BoundRule;
import io.trailwarden.sigma.rule.ValueTest;

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
        int tests = (int) rule.expression().tests().count();
        int regexes = (int) rule.expression()
                .tests()
                .filter(test -> test.test() instanceof ValueTest.Regex)
                .count();
        double weight = 1 + tests / 8.0 + regexes * 5.0;
        if (witness == null) {
            return new RuleCost(Clue.NONE, 0, tests, regexes, 500 * weight);
        }
        Clue weakest = Clue.VALUE;
        for (Witness.Clue clue : witness.clues()) {
            Clue kind = clue.kind();
            weakest = kind.compareTo(weakest) > 0 ? kind : weakest;
        }
        double often = weakest == Clue.PRESENCE ? 100 : weakest == Clue.STRETCH ? 8 : Math.min(60, witness.cost());
        return new RuleCost(weakest, witness.clues().size(), tests, regexes, often * weight);
    }
}
