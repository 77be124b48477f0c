package io.trailwarden.sigma.match;

import io.trailwarden.sigma.rule.Expression;
import io.trailwarden.sigma.rule.ValueTest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToIntFunction;
import org.jspecify.annotations.Nullable;

/**
 * Rules that say the same once the clue that led to them is known to hold: they are evaluated together.
 *
 * <p>Of a hundred rules for one {@code eventName}, most only ask for the {@code eventSource} besides, so that one look
 * decides them all.
 */
final class Bundles {

    /** A rule with more clues than this is not simplified for each of them. */
    private static final int MAX_CLUES = 64;

    private final Program program = new Program();
    private final ToIntFunction<Expression.Test> predicates;
    private final ToIntFunction<Expression.Test> costs;
    private final Map<Expression, Integer> numbers = new HashMap<>();
    private final List<Integer> starts = new ArrayList<>();
    /** By place that leads to rules: the bundle of each residue there. */
    private final Map<List<Object>, Integer> places = new HashMap<>();

    private final List<List<Integer>> members = new ArrayList<>();

    Bundles(ToIntFunction<Expression.Test> predicates, ToIntFunction<Expression.Test> costs) {
        this.predicates = predicates;
        this.costs = costs;
    }

    /**
     * Puts a rule among those that a clue leads to.
     *
     * @param place identifies the clue
     * @param known a value that the clue shows, or null
     * @param clues how many clues the rule has
     * @return the number of the bundle
     */
    int add(Object place, Expression expression, int rule, Witness.@Nullable Value known, int clues) {
        Expression residue = expression.accept(new Simplifier(clues > MAX_CLUES ? null : known));
        int number = numbers.computeIfAbsent(residue, r -> {
            starts.add(program.append(r, predicates, costs));
            return starts.size() - 1;
        });
        int bundle = places.computeIfAbsent(List.of(place, number), p -> {
            members.add(new ArrayList<>(List.of(number)));
            return members.size() - 1;
        });
        List<Integer> rules = members.get(bundle);
        if (rules.size() == 1 || rules.get(rules.size() - 1) != rule) {
            rules.add(rule);
        }
        return bundle;
    }

    int[] code() {
        return program.code();
    }

    /** By bundle: where its program begins. */
    int[] starts() {
        return members.stream().mapToInt(rules -> starts.get(rules.get(0))).toArray();
    }

    /** By bundle: its rules. */
    int[][] rules() {
        return members.stream()
                .map(rules -> rules.stream().skip(1).mapToInt(Integer::intValue).toArray())
                .toArray(int[][]::new);
    }

    /** Without labels, and without what is known to hold. */
    private record Simplifier(Witness.@Nullable Value known) implements Expression.Visitor<Expression> {

        @Override
        public Expression all(Expression.All all) {
            return joined(all.parts(), true);
        }

        @Override
        public Expression any(Expression.Any any) {
            return joined(any.parts(), false);
        }

        @Override
        public Expression not(Expression.Not not) {
            Expression part = not.part().accept(this);
            return part instanceof Expression.Constant constant
                    ? new Expression.Constant(!constant.value())
                    : new Expression.Not(part);
        }

        @Override
        public Expression constant(Expression.Constant constant) {
            return constant;
        }

        @Override
        public Expression test(Expression.Test test) {
            return known != null && shows(known, test) ? new Expression.Constant(true) : test;
        }

        private Expression joined(List<Expression> parts, boolean all) {
            List<Expression> left = new ArrayList<>();
            for (Expression part : parts) {
                Expression simple = part.accept(this);
                if (simple instanceof Expression.Constant constant) {
                    if (constant.value() != all) {
                        return constant;
                    }
                } else {
                    left.add(simple);
                }
            }
            if (left.isEmpty()) {
                return new Expression.Constant(all);
            }
            return left.size() == 1 ? left.get(0) : all ? new Expression.All(left) : new Expression.Any(left);
        }
    }

    private static boolean shows(Witness.Value known, Expression.Test test) {
        if (known.field() == null
                || !known.field().equals(test.field())
                || !(test.test() instanceof ValueTest.Text text)
                || text.cased()
                || !text.pattern().isLiteral()) {
            return false;
        }
        return Arrays.equals(new BytePattern(text.pattern(), false).literal, known.literal());
    }
}
