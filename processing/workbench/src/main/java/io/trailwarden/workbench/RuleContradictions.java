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
        String why = contradictions.never(expression, at);
        if (why != null) {
            return List.of(new RuleProblem(at, "can never match: " + why));
        }
        return contradictions.found;
    }

    private @Nullable String never(Expression expression, Position place) {
        if (expression instanceof Expression.Labelled labelled) {
            return never(labelled.part(), labelled.at());
        }
        if (expression instanceof Expression.Constant constant) {
            return constant.value() ? null : "a part of it is always false";
        }
        if (expression instanceof Expression.Any any) {
            List<String> reasons = new ArrayList<>();
            for (Expression part : any.parts()) {
                String why = never(part, place);
                if (why != null) {
                    reasons.add(why);
                }
            }
            if (reasons.size() == any.parts().size()) {
                return reasons.isEmpty() ? "it has no alternatives" : reasons.get(0);
            }
            reasons.forEach(why -> found.add(new RuleProblem(place, "an alternative can never match: " + why)));
            return null;
        }
        if (expression instanceof Expression.All) {
            return conflict(expression, place);
        }
        return null;
    }

    private @Nullable String conflict(Expression all, Position place) {
        List<Expression> parts = new ArrayList<>();
        flatten(all, parts);
        Map<String, Set<String>> allowed = new HashMap<>();
        Set<String> absent = new HashSet<>();
        Set<String> present = new HashSet<>();
        Set<Expression> required = new HashSet<>();
        for (Expression part : parts) {
            required.add(bare(part));
            String why = never(part, place);
            if (why != null) {
                return why;
            }
        }
        for (Expression part : parts) {
            Expression bare = bare(part);
            if (bare instanceof Expression.Not not && required.contains(bare(not.part()))) {
                return "it wants something together with its opposite";
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
                        return field + " cannot be " + one(before) + " and " + one(values) + " at once";
                    }
                    allowed.put(field, common);
                }
            }
        }
        present.retainAll(absent);
        return present.isEmpty() ? null : present.iterator().next() + " cannot be absent and have a value";
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
        if (expression instanceof Expression.Labelled labelled) {
            return bare(labelled.part());
        }
        if (expression instanceof Expression.Not not) {
            return new Expression.Not(bare(not.part()));
        }
        if (expression instanceof Expression.Any any) {
            return any.parts().size() == 1
                    ? bare(any.parts().get(0))
                    : new Expression.Any(
                            any.parts().stream().map(RuleContradictions::bare).toList());
        }
        if (expression instanceof Expression.All all) {
            return all.parts().size() == 1
                    ? bare(all.parts().get(0))
                    : new Expression.All(
                            all.parts().stream().map(RuleContradictions::bare).toList());
        }
        return expression;
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
        if (bare instanceof Expression.Test test && test.test() instanceof ValueTest.Text text) {
            values.add(text.pattern().literal().toLowerCase(Locale.ROOT));
        } else if (bare instanceof Expression.Any any) {
            any.parts().forEach(part -> literals(part, values));
        }
        return values;
    }

    /** Whether CloudTrail never writes a list there. */
    private static boolean single(String field) {
        return RuleCheck.isRecordField(field) && !field.equals("resources")
                || field.startsWith("userIdentity.") && !field.contains("attributes.");
    }
}
