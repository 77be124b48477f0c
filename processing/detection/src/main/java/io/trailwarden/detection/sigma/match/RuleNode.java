package io.trailwarden.detection.sigma.match;

/** A compiled expression over numbered predicates. */
sealed interface RuleNode {

    /** Answers for the numbered predicates, for one event. */
    interface Answers {
        boolean holds(int predicate);
    }

    boolean holds(Answers answers);

    /** How dear it is to evaluate, to order parts by. */
    int cost();

    record All(RuleNode[] parts, int cost) implements RuleNode {
        @Override
        public boolean holds(Answers answers) {
            for (RuleNode part : parts) {
                if (!part.holds(answers)) {
                    return false;
                }
            }
            return true;
        }
    }

    record Any(RuleNode[] parts, int cost) implements RuleNode {
        @Override
        public boolean holds(Answers answers) {
            for (RuleNode part : parts) {
                if (part.holds(answers)) {
                    return true;
                }
            }
            return false;
        }
    }

    record Not(RuleNode part) implements RuleNode {
        @Override
        public boolean holds(Answers answers) {
            return !part.holds(answers);
        }

        @Override
        public int cost() {
            return part.cost();
        }
    }

    record Constant(boolean value) implements RuleNode {
        @Override
        public boolean holds(Answers answers) {
            return value;
        }

        @Override
        public int cost() {
            return 0;
        }
    }

    record Leaf(int predicate, int cost) implements RuleNode {
        @Override
        public boolean holds(Answers answers) {
            return answers.holds(predicate);
        }
    }
}
