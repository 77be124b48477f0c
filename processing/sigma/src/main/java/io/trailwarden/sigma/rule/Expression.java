package io.trailwarden.sigma.rule;

import io.trailwarden.sigma.yaml.Position;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** A rule, bound: what is to be true of an event, with nothing of Sigma's notation left. */
public sealed interface Expression {

    /** What somebody makes of each form. */
    interface Visitor<R> {

        R all(All all);

        R any(Any any);

        R not(Not not);

        R constant(Constant constant);

        R test(Test test);

        /** A label says nothing of what is to be true. */
        default R labelled(Labelled labelled) {
            return labelled.part().accept(this);
        }
    }

    /** What the visitor makes of this form. */
    <R> R accept(Visitor<R> visitor);

    /** The expressions that this one is made of. */
    default List<Expression> parts() {
        return List.of();
    }

    /** Every test in it, at any depth. */
    default Stream<Test> tests() {
        return parts().stream().flatMap(Expression::tests);
    }

    /** All of the parts; true without any. */
    record All(List<Expression> parts) implements Expression {
        @Override
        public <R> R accept(Visitor<R> visitor) {
            return visitor.all(this);
        }
    }

    /** One of the parts; false without any. */
    record Any(List<Expression> parts) implements Expression {
        @Override
        public <R> R accept(Visitor<R> visitor) {
            return visitor.any(this);
        }
    }

    /** The opposite. */
    record Not(Expression part) implements Expression {
        @Override
        public <R> R accept(Visitor<R> visitor) {
            return visitor.not(this);
        }

        @Override
        public List<Expression> parts() {
            return List.of(part);
        }
    }

    /** True or false, whatever the event. */
    record Constant(boolean value) implements Expression {
        @Override
        public <R> R accept(Visitor<R> visitor) {
            return visitor.constant(this);
        }
    }

    /**
     * A test of one field.
     *
     * @param field without spaces; null for a keyword, which is held against every scalar value of the event
     */
    record Test(@Nullable String field, ValueTest test) implements Expression {
        @Override
        public <R> R accept(Visitor<R> visitor) {
            return visitor.test(this);
        }

        @Override
        public Stream<Test> tests() {
            return Stream.of(this);
        }
    }

    /**
     * A part that a person would recognise: an identifier or an item of it.
     *
     * @param label as written in the rule
     */
    record Labelled(String label, Position at, Expression part) implements Expression {
        @Override
        public <R> R accept(Visitor<R> visitor) {
            return visitor.labelled(this);
        }

        @Override
        public List<Expression> parts() {
            return List.of(part);
        }
    }
}
