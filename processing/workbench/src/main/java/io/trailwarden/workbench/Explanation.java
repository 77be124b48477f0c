package io.trailwarden.workbench;

import io.trailwarden.sigma.match.FieldReader;
import io.trailwarden.sigma.match.RuleMatcher;
import io.trailwarden.sigma.rule.BoundRule;
import io.trailwarden.sigma.rule.Expression;
import io.trailwarden.sigma.rule.ValueTest;
import io.trailwarden.sigma.yaml.Position;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Why a rule matches an event, or why not: the truth of every part that a person wrote, with what the event holds there.
 *
 * @param label as written in the rule: {@code condition}, an identifier, {@code field|modifier}, {@code and}, {@code not}
 * @param at where in the rule it stands; null for and, or, not
 * @param holds whether this part is true of the event
 * @param found values of the fields it looks at; empty above the level of items
 */
public record Explanation(
        String label, @Nullable Position at, boolean holds, Map<String, List<String>> found, List<Explanation> parts) {

    /** An event as rules see it, and as people may. */
    private record Subject(byte[] event, byte[] shown) {}

    /** Explains one rule on one event. */
    public static Explanation of(BoundRule rule, byte[] json) {
        return of(rule, json, json);
    }

    /**
     * Explains one rule on one event.
     *
     * @param shown the same event without what must not be shown: where {@link #found} is taken from
     */
    public static Explanation of(BoundRule rule, byte[] json, byte[] shown) {
        Subject subject = new Subject(json, shown);
        return new Explanation(
                rule.key(),
                rule.rule().header().at(),
                holds(rule, rule.expression(), subject),
                Map.of(),
                rule.expression().accept(new Parts(rule, subject)));
    }

    /** Lines of text, indented; {@code +} marks what holds, {@code -} what does not. */
    public List<String> lines() {
        List<String> lines = new ArrayList<>();
        write(lines, 0);
        return lines;
    }

    private void write(List<String> lines, int depth) {
        StringBuilder line = new StringBuilder("  ".repeat(depth))
                .append(holds ? "+ " : "- ")
                .append(label);
        if (!parts.isEmpty() || found.isEmpty() && at == null) {
            lines.add(line.toString());
        } else {
            lines.add(line + (found.isEmpty() ? ": absent" : ": found " + found));
        }
        parts.forEach(part -> part.write(lines, depth + 1));
    }

    /** What is to be told of an expression within a rule. */
    private record Parts(BoundRule rule, Subject subject) implements Expression.Visitor<List<Explanation>> {

        @Override
        public List<Explanation> all(Expression.All all) {
            return node("and", all);
        }

        @Override
        public List<Explanation> any(Expression.Any any) {
            return node("or", any);
        }

        @Override
        public List<Explanation> not(Expression.Not not) {
            return node("not", not);
        }

        @Override
        public List<Explanation> constant(Expression.Constant constant) {
            return List.of();
        }

        @Override
        public List<Explanation> test(Expression.Test test) {
            return List.of();
        }

        @Override
        public List<Explanation> labelled(Expression.Labelled labelled) {
            boolean item = !hasLabels(labelled.part());
            return List.of(new Explanation(
                    labelled.label(),
                    labelled.at(),
                    holds(rule, labelled.part(), subject),
                    item ? new FieldReader(fields(labelled.part())).read(subject.shown()) : Map.of(),
                    item ? List.of() : labelled.part().accept(this)));
        }

        private List<Explanation> node(String label, Expression expression) {
            List<Explanation> parts = new ArrayList<>();
            expression.parts().forEach(part -> parts.addAll(part.accept(this)));
            return List.of(new Explanation(label, null, holds(rule, expression, subject), Map.of(), parts));
        }
    }

    private static boolean hasLabels(Expression expression) {
        return expression instanceof Expression.Labelled
                || expression.parts().stream().anyMatch(Explanation::hasLabels);
    }

    /** The fields that an expression looks at, sorted. */
    private static List<String> fields(Expression expression) {
        TreeSet<String> fields = new TreeSet<>();
        expression.tests().forEach(test -> {
            if (test.field() != null) {
                fields.add(test.field());
                if (test.test() instanceof ValueTest.FieldReference reference) {
                    fields.add(reference.other());
                }
            }
        });
        return List.copyOf(fields);
    }

    private static boolean holds(BoundRule rule, Expression part, Subject subject) {
        return !RuleMatcher.of(List.of(new BoundRule(rule.key(), rule.rule(), part, List.of())))
                .ids(subject.event())
                .isEmpty();
    }
}
