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
                parts(rule, rule.expression(), subject));
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

    private static List<Explanation> parts(BoundRule rule, Expression expression, Subject subject) {
        if (expression instanceof Expression.All all) {
            return List.of(node(rule, "and", expression, all.parts(), subject));
        }
        if (expression instanceof Expression.Any any) {
            return List.of(node(rule, "or", expression, any.parts(), subject));
        }
        if (expression instanceof Expression.Not not) {
            return List.of(node(rule, "not", expression, List.of(not.part()), subject));
        }
        if (expression instanceof Expression.Labelled labelled) {
            TreeSet<String> fields = new TreeSet<>();
            boolean item = !hasLabels(labelled.part());
            if (item) {
                fields(labelled.part(), fields);
            }
            return List.of(new Explanation(
                    labelled.label(),
                    labelled.at(),
                    holds(rule, labelled.part(), subject),
                    item ? new FieldReader(List.copyOf(fields)).read(subject.shown()) : Map.of(),
                    item ? List.of() : parts(rule, labelled.part(), subject)));
        }
        return List.of();
    }

    private static Explanation node(
            BoundRule rule, String label, Expression expression, List<Expression> children, Subject subject) {
        List<Explanation> parts = new ArrayList<>();
        children.forEach(child -> parts.addAll(parts(rule, child, subject)));
        return new Explanation(label, null, holds(rule, expression, subject), Map.of(), parts);
    }

    private static boolean hasLabels(Expression expression) {
        if (expression instanceof Expression.Labelled) {
            return true;
        }
        if (expression instanceof Expression.All all) {
            return all.parts().stream().anyMatch(Explanation::hasLabels);
        }
        if (expression instanceof Expression.Any any) {
            return any.parts().stream().anyMatch(Explanation::hasLabels);
        }
        return expression instanceof Expression.Not not && hasLabels(not.part());
    }

    private static void fields(Expression expression, TreeSet<String> out) {
        if (expression instanceof Expression.All all) {
            all.parts().forEach(part -> fields(part, out));
        } else if (expression instanceof Expression.Any any) {
            any.parts().forEach(part -> fields(part, out));
        } else if (expression instanceof Expression.Not not) {
            fields(not.part(), out);
        } else if (expression instanceof Expression.Test test && test.field() != null) {
            out.add(test.field());
            if (test.test() instanceof ValueTest.FieldReference reference) {
                out.add(reference.other());
            }
        }
    }

    private static boolean holds(BoundRule rule, Expression part, Subject subject) {
        return !RuleMatcher.of(List.of(new BoundRule(rule.key(), rule.rule(), part, List.of())))
                .ids(subject.event())
                .isEmpty();
    }
}
