package io.trailwarden.sigma.match;

import io.trailwarden.sigma.rule.Expression;
import io.trailwarden.sigma.rule.TextPattern;
import io.trailwarden.sigma.rule.ValueTest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.ToIntFunction;
import org.jspecify.annotations.Nullable;

/**
 * What an event must show before a rule is worth evaluating: at least one of the clues. A rule that could match an
 * event showing none of them has no witness and is evaluated always.
 *
 * @param cost an estimate of how often such a clue is seen; lower is rarer
 */
record Witness(List<Clue> clues, double cost) {

    private static final double PRESENT_COST = 8_000;
    private static final double KEYWORD_COST = 20;
    /** Fields with few distinct values: an exact value in them says little. */
    private static final Set<String> COMMON = Set.of(
            "eventSource", "awsRegion", "eventType", "userIdentity.type", "eventVersion", "Channel", "Provider_Name");

    /** One thing an event can show. */
    sealed interface Clue {

        /** The field; null for any scalar. */
        @Nullable
        String field();

        RuleCost.Clue kind();
    }

    /** The field has exactly this value, folded. */
    record Value(@Nullable String field, byte[] literal) implements Clue {
        @Override
        public RuleCost.Clue kind() {
            return RuleCost.Clue.VALUE;
        }
    }

    /** The field's text holds these bytes, folded. */
    record Stretch(@Nullable String field, byte[] literal) implements Clue {
        @Override
        public RuleCost.Clue kind() {
            return RuleCost.Clue.STRETCH;
        }
    }

    /** The field is there. */
    record Presence(@Nullable String field) implements Clue {
        @Override
        public RuleCost.Clue kind() {
            return RuleCost.Clue.PRESENCE;
        }
    }

    /** The best witness of an expression taken by itself, or null when there is none. */
    static @Nullable Witness of(Expression expression) {
        return of(expression, test -> 1);
    }

    /**
     * The best witness of an expression among others, or null when there is none.
     *
     * @param uses how many rules make a test: what many look for ({@code \\powershell.exe}) is seen often
     */
    static @Nullable Witness of(Expression expression, ToIntFunction<Expression.Test> uses) {
        return expression.accept(new Search(uses, false)).orElse(null);
    }

    /** The best witness of an expression, or of its opposite. */
    private record Search(ToIntFunction<Expression.Test> uses, boolean negated)
            implements Expression.Visitor<Optional<Witness>> {

        @Override
        public Optional<Witness> all(Expression.All all) {
            return negated ? union(all.parts()) : rarest(all.parts());
        }

        @Override
        public Optional<Witness> any(Expression.Any any) {
            return negated ? rarest(any.parts()) : union(any.parts());
        }

        @Override
        public Optional<Witness> not(Expression.Not not) {
            return not.part().accept(new Search(uses, !negated));
        }

        @Override
        public Optional<Witness> constant(Expression.Constant constant) {
            return constant.value() == negated ? Optional.of(new Witness(List.of(), 0)) : Optional.empty();
        }

        @Override
        public Optional<Witness> test(Expression.Test test) {
            boolean missing = test.test() instanceof ValueTest.IsNull;
            if (missing != negated) {
                return Optional.empty();
            }
            return Optional.of(missing ? present(test) : shown(test));
        }

        private Optional<Witness> rarest(List<Expression> parts) {
            return parts.stream()
                    .flatMap(part -> part.accept(this).stream())
                    .min(Comparator.comparingDouble(Witness::cost));
        }

        private Optional<Witness> union(List<Expression> parts) {
            List<Clue> clues = new ArrayList<>();
            double cost = 0;
            for (Expression part : parts) {
                Optional<Witness> witness = part.accept(this);
                if (witness.isEmpty()) {
                    return witness;
                }
                clues.addAll(witness.get().clues);
                cost += witness.get().cost;
            }
            return Optional.of(new Witness(clues, cost));
        }

        private static Witness present(Expression.Test test) {
            return new Witness(List.of(new Presence(test.field())), PRESENT_COST);
        }

        private Witness shown(Expression.Test test) {
            if (test.test() instanceof ValueTest.Regex regex) {
                byte[] required = RequiredText.of(regex.pattern()).literal();
                if (required.length > 2) {
                    return new Witness(
                            List.of(new Stretch(test.field(), required)),
                            uses.applyAsInt(test) * stretchCost(test.field(), required));
                }
            }
            return test.test() instanceof ValueTest.Text text ? of(test, text.pattern()) : present(test);
        }

        private Witness of(Expression.Test test, TextPattern text) {
            String field = test.field();
            BytePattern pattern = new BytePattern(text, false);
            byte[] literal = pattern.literal;
            if (pattern.form == BytePattern.Form.EXACT) {
                return new Witness(
                        List.of(new Value(field, literal)), exactCost(field, literal, uses.applyAsInt(test)));
            }
            if (literal.length == 0) {
                return present(test);
            }
            return new Witness(
                    List.of(new Stretch(field, literal)), uses.applyAsInt(test) * stretchCost(field, literal));
        }
    }

    private static double stretchCost(@Nullable String field, byte[] literal) {
        double cost = literal.length >= 6 ? 8 : literal.length >= 4 ? 15 : literal.length >= 2 ? 400 : 4_000;
        return cost + (field == null ? KEYWORD_COST : 0);
    }

    private static double exactCost(@Nullable String field, byte[] literal, int uses) {
        if ("eventName".equals(field)) {
            return 1;
        }
        if (field == null || COMMON.contains(field) || literal.length <= 2) {
            return 400;
        }
        boolean digits = true;
        for (byte b : literal) {
            digits &= b >= '0' && b <= '9';
        }
        boolean truth =
                Arrays.equals(literal, CaseFolding.utf8("true")) || Arrays.equals(literal, CaseFolding.utf8("false"));
        return truth ? 4_000 : uses * (digits ? 12 : 4);
    }
}
