package io.trailwarden.sigma.match;

import io.trailwarden.sigma.rule.Expression;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.function.ToIntFunction;

/**
 * Expressions as numbers in one array, so that evaluating a rule touches a cache line or two.
 *
 * <p>A predicate is its number. {@link #NOT} is followed by its operand; {@link #ALL} and {@link #ANY} by the position
 * behind their last part, then the parts.
 */
final class Program {

    static final int NOT = -1;
    static final int ALL = -2;
    static final int ANY = -3;
    static final int TRUE = -4;
    static final int FALSE = -5;

    private int[] code = new int[1024];
    private int size;

    private record Node(int operator, int predicate, List<Node> parts, int cost) {}

    /** Appends an expression and returns where it begins. */
    int append(Expression expression, ToIntFunction<Expression.Test> predicates, ToIntFunction<Expression.Test> costs) {
        int start = size;
        write(expression.accept(new Compiler(predicates, costs)));
        return start;
    }

    /** The array, cut to its length. */
    int[] code() {
        return Arrays.copyOf(code, size);
    }

    private record Compiler(ToIntFunction<Expression.Test> predicates, ToIntFunction<Expression.Test> costs)
            implements Expression.Visitor<Node> {

        @Override
        public Node all(Expression.All all) {
            return joined(ALL, all.parts());
        }

        @Override
        public Node any(Expression.Any any) {
            return joined(ANY, any.parts());
        }

        @Override
        public Node not(Expression.Not not) {
            Node part = not.part().accept(this);
            return new Node(NOT, -1, List.of(part), part.cost());
        }

        @Override
        public Node constant(Expression.Constant constant) {
            return new Node(constant.value() ? TRUE : FALSE, -1, List.of(), 0);
        }

        @Override
        public Node test(Expression.Test test) {
            return new Node(0, predicates.applyAsInt(test), List.of(), costs.applyAsInt(test));
        }

        /** Cheap parts first: the order of evaluation makes no other difference. */
        private Node joined(int operator, List<Expression> expressions) {
            List<Node> parts = expressions.stream()
                    .map(part -> part.accept(this))
                    .sorted(Comparator.comparingInt(Node::cost))
                    .toList();
            int cost = parts.stream().mapToInt(Node::cost).sum();
            return parts.size() == 1 ? parts.get(0) : new Node(operator, -1, parts, cost);
        }
    }

    private void write(Node node) {
        if (node.operator() == 0) {
            put(node.predicate());
            return;
        }
        put(node.operator());
        if (node.operator() == ALL || node.operator() == ANY) {
            int end = size;
            put(0);
            node.parts().forEach(this::write);
            code[end] = size;
        } else {
            node.parts().forEach(this::write);
        }
    }

    private void put(int value) {
        if (size == code.length) {
            code = Arrays.copyOf(code, size * 2);
        }
        code[size++] = value;
    }
}
