package io.trailwarden.sigma.match;

import io.trailwarden.sigma.rule.Expression;
import io.trailwarden.sigma.rule.TextPattern;
import io.trailwarden.sigma.rule.ValueTest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
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
    }

    /** The field has exactly this value, folded. */
    record Value(@Nullable String field, byte[] literal) implements Clue {}

    /** The field's text holds these bytes, folded. */
    record Stretch(@Nullable String field, byte[] literal) implements Clue {}

    /** The field is there. */
    record Presence(@Nullable String field) implements Clue {}

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
        return new Search(uses).of(expression, false);
    }

    private record Search(ToIntFunction<Expression.Test> uses) {

        private @Nullable Witness of(Expression expression, boolean negated) {
            if (expression instanceof Expression.Labelled labelled) {
                return of(labelled.part(), negated);
            }
            if (expression instanceof Expression.Not not) {
                return of(not.part(), !negated);
            }
            if (expression instanceof Expression.Constant constant) {
                return constant.value() == negated ? new Witness(List.of(), 0) : null;
            }
            if (expression instanceof Expression.All all) {
                return negated ? union(all.parts(), true) : rarest(all.parts(), false);
            }
            if (expression instanceof Expression.Any any) {
                return negated ? rarest(any.parts(), true) : union(any.parts(), false);
            }
            return of((Expression.Test) expression, negated);
        }

        private @Nullable Witness rarest(List<Expression> parts, boolean negated) {
            Witness best = null;
            for (Expression part : parts) {
                Witness witness = of(part, negated);
                if (witness != null && (best == null || witness.cost < best.cost)) {
                    best = witness;
                }
            }
            return best;
        }

        private @Nullable Witness union(List<Expression> parts, boolean negated) {
            List<Clue> clues = new ArrayList<>();
            double cost = 0;
            for (Expression part : parts) {
                Witness witness = of(part, negated);
                if (witness == null) {
                    return null;
                }
                clues.addAll(witness.clues);
                cost += witness.cost;
            }
            return new Witness(clues, cost);
        }

        private @Nullable Witness of(Expression.Test test, boolean negated) {
            String field = test.field();
            if (test.test() instanceof ValueTest.IsNull) {
                return negated ? new Witness(List.of(new Presence(field)), PRESENT_COST) : null;
            }
            if (negated) {
                return null;
            }
            if (test.test() instanceof ValueTest.Regex regex) {
                byte[] required = RequiredText.of(regex.pattern()).literal();
                if (required.length > 2) {
                    return new Witness(
                            List.of(new Stretch(field, required)),
                            uses.applyAsInt(test) * stretchCost(field, required));
                }
            }
            if (!(test.test() instanceof ValueTest.Text text)) {
                return new Witness(List.of(new Presence(field)), PRESENT_COST);
            }
            return of(test, text.pattern());
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
                return new Witness(List.of(new Presence(field)), PRESENT_COST);
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
