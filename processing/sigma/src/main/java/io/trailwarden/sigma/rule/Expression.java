package io.trailwarden.sigma.rule;

import io.trailwarden.sigma.yaml.Position;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A rule, bound: what is to be true of an event, with nothing of Sigma's notation left. */
public sealed interface Expression {

    /** All of the parts; true without any. */
    record All(List<Expression> parts) implements Expression {}

    /** One of the parts; false without any. */
    record Any(List<Expression> parts) implements Expression {}

    /** The opposite. */
    record Not(Expression part) implements Expression {}

    /** True or false, whatever the event. */
    record Constant(boolean value) implements Expression {}

    /**
     * A test of one field.
     *
     * @param field without spaces; null for a keyword, which is held against every scalar value of the event
     */
    record Test(@Nullable String field, ValueTest test) implements Expression {}

    /**
     * A part that a person would recognise: an identifier or an item of it.
     *
     * @param label as written in the rule
     */
    record Labelled(String label, Position at, Expression part) implements Expression {}
}
