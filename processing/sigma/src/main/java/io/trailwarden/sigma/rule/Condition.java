package io.trailwarden.sigma.rule;

import io.trailwarden.sigma.yaml.Position;
import java.util.List;

/** A parsed {@code condition}. */
public sealed interface Condition {

    /** What somebody makes of each form. */
    interface Visitor<R> {

        R and(And and);

        R or(Or or);

        R not(Not not);

        R named(Named named);

        R quantified(Quantified quantified);
    }

    /** What the visitor makes of this form. */
    <R> R accept(Visitor<R> visitor);

    /** {@code a and b}. */
    record And(List<Condition> parts) implements Condition {
        @Override
        public <R> R accept(Visitor<R> visitor) {
            return visitor.and(this);
        }
    }

    /** {@code a or b}. */
    record Or(List<Condition> parts) implements Condition {
        @Override
        public <R> R accept(Visitor<R> visitor) {
            return visitor.or(this);
        }
    }

    /** {@code not a}. */
    record Not(Condition part) implements Condition {
        @Override
        public <R> R accept(Visitor<R> visitor) {
            return visitor.not(this);
        }
    }

    /** An identifier. */
    record Named(String identifier, Position at) implements Condition {
        @Override
        public <R> R accept(Visitor<R> visitor) {
            return visitor.named(this);
        }
    }

    /**
     * {@code 1 of pattern}, {@code all of pattern}.
     *
     * @param all whether every identifier must match instead of one
     * @param pattern with {@code *}, or {@code them}
     */
    record Quantified(boolean all, String pattern, Position at) implements Condition {
        @Override
        public <R> R accept(Visitor<R> visitor) {
            return visitor.quantified(this);
        }
    }
}
