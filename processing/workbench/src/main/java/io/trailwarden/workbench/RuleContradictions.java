package io.trailwarden.workbench;

import io.trailwarden.sigma.rule.Expression;
import io.trailwarden.sigma.rule.ValueTest;
import io.trailwarden.sigma.yaml.Position;
import io.trailwarden.sigma.yaml.RuleProblem;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Finds what can never be true: one field with two values at once, a field absent and with a value, something together
 * with its opposite. Finds no contradiction that is not there; does not find all.
 */
final class RuleContradictions {

    private final List<RuleProblem> found = new ArrayList<>();

    /** What is contradictory in a rule: the whole, or alternatives of it. */
    static List<RuleProblem> in(Expression expression, Position at) {
        RuleContradictions contradictions = new RuleContradictions();
        return expression
                .accept(contradictions.new Never(at))
                .map(why -> List.of(new RuleProblem(at, "can never match: " + why)))
                .orElse(contradictions.found);
    }

    /** Why an expression can never be true. */
    private final class Never implements Expression.Visitor<Optional<String>> {
        private final Position place;

        Never(Position place) {
            this.place = place;
        }

        @Override
        public Optional<String> all(Expression.All all) {
            return conflict(all, place);
        }

        @Override
        public Optional<String> any(Expression.Any any) {
            List<String> reasons = new ArrayList<>();
            any.parts().forEach(part -> part.accept(this).ifPresent(reasons::add));
            if (reasons.size() == any.parts().size()) {
                return Optional.of(reasons.isEmpty() ? "it has no alternatives" : reasons.get(0));
            }
            reasons.forEach(why -> found.add(new RuleProblem(place, "an alternative can never match: " + why)));
            return Optional.empty();
        }

        @Override
        public Optional<String> not(Expression.Not not) {
            return Optional.empty();
        }

        @Override
        public Optional<String> constant(Expression.Constant constant) {
            return constant.value() ? Optional.empty() : Optional.of("a part of it is always false");
        }

        @Override
        public Optional<String> test(Expression.Test test) {
            return Optional.empty();
        }

        @Override
        public Optional<String> labelled(Expression.Labelled labelled) {
            return labelled.part().accept(new Never(labelled.at()));
        }
    }

    private Optional<String> conflict(Expression.All all, Position place) {
        List<Expression> parts = new ArrayList<>();
        flatten(all, parts);
        Map<String, Set<String>> allowed = new HashMap<>();
        Set<String> absent = new HashSet<>();
        Set<String> present = new HashSet<>();
        Set<Expression> required = new HashSet<>();
        for (Expression part : parts) {
            required.add(bare(part));
            Optional<String> why = part.accept(new Never(place));
            if (why.isPresent()) {
                return why;
            }
        }
        for (Expression part : parts) {
            Expression bare = bare(part);
            if (bare instanceof Expression.Not not && required.contains(bare(not.part()))) {
                return Optional.of("it wants something together with its opposite");
            }
            Expression.Test test = bare instanceof Expression.Test t ? t : null;
            if (test != null && test.field() != null) {
                if (test.test() instanceof ValueTest.IsNull) {
                    absent.add(test.field());
                } else {
                    present.add(test.field());
                }
            } else if (bare instanceof Expression.Not not
                    && bare(not.part()) instanceof Expression.Test t
                    && t.field() != null
                    && t.test() instanceof ValueTest.Exists) {
                absent.add(t.field());
            }
            String field = literalField(bare);
            if (field != null && single(field)) {
                Set<String> values = literals(bare, new HashSet<>());
                Set<String> before = allowed.putIfAbsent(field, values);
                if (before != null) {
                    Set<String> common = new HashSet<>(before);
                    common.retainAll(values);
                    if (common.isEmpty()) {
                        return Optional.of(field + " cannot be " + one(before) + " and " + one(values) + " at once");
                    }
                    allowed.put(field, common);
                }
            }
        }
        present.retainAll(absent);
        return present.stream().findFirst().map(one -> one + " cannot be absent and have a value");
    }

    private static String one(Set<String> values) {
        return '"' + values.stream().sorted().findFirst().orElse("") + '"';
    }

    /** Takes conjunctions apart at every depth: no part is one itself, whatever labels it wears. */
    private static void flatten(Expression expression, List<Expression> parts) {
        Expression inside = expression;
        while (inside instanceof Expression.Labelled labelled) {
            inside = labelled.part();
        }
        if (inside instanceof Expression.All all) {
            all.parts().forEach(part -> flatten(part, parts));
        } else {
            parts.add(expression);
        }
    }

    /** Without labels, at every depth, so that equal parts are equal. */
    private static Expression bare(Expression expression) {
        return expression.accept(new Bare());
    }

    private record Bare() implements Expression.Visitor<Expression> {

        @Override
        public Expression all(Expression.All all) {
            List<Expression> parts = bare(all.parts());
            return parts.size() == 1 ? parts.get(0) : new Expression.All(parts);
        }

        @Override
        public Expression any(Expression.Any any) {
            List<Expression> parts = bare(any.parts());
            return parts.size() == 1 ? parts.get(0) : new Expression.Any(parts);
        }

        @Override
        public Expression not(Expression.Not not) {
            return new Expression.Not(not.part().accept(this));
        }

        @Override
        public Expression constant(Expression.Constant constant) {
            return constant;
        }

        @Override
        public Expression test(Expression.Test test) {
            return test;
        }

        private List<Expression> bare(List<Expression> parts) {
            return parts.stream().map(part -> part.accept(this)).toList();
        }
    }

    /** The one field of which this says that it has one of some values, or null. */
    private static @Nullable String literalField(Expression bare) {
        if (bare instanceof Expression.Test test) {
            return test.test() instanceof ValueTest.Text text && text.pattern().isLiteral() ? test.field() : null;
        }
        if (bare instanceof Expression.Any any && !any.parts().isEmpty()) {
            String field = literalField(any.parts().get(0));
            return any.parts().stream().allMatch(part -> field != null && field.equals(literalField(part)))
                    ? field
                    : null;
        }
        return null;
    }

    private static Set<String> literals(Expression bare, Set<String> values) {
        bare.tests().forEach(test -> {
            if (test.test() instanceof ValueTest.Text text) {
                values.add(text.pattern().literal().toLowerCase(Locale.ROOT));
            }
        });
        return values;
    }

    /** Whether CloudTrail never writes a list there. */
    private static boolean single(String field) {
        return RuleCheck.isRecordField(field) && !field.equals("resources")
                || field.startsWith("userIdentity.") && !field.contains("attributes.");
    }
}
