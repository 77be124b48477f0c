package io.trailwarden.sigma.rule;

import io.trailwarden.sigma.yaml.Position;
import java.util.List;

/** A parsed {@code condition}. */
public sealed interface Condition {

    /** {@code a and b}. */
    record And(List<Condition> parts) implements Condition {}

    /** {@code a or b}. */
    record Or(List<Condition> parts) implements Condition {}

    /** {@code not a}. */
    record Not(Condition part) implements Condition {}

    /** An identifier. */
    record Named(String identifier, Position at) implements Condition {}

    /**
     * {@code 1 of pattern}, {@code all of pattern}.
     *
     * @param all whether every identifier must match instead of one
     * @param pattern with {@code *}, or {@code them}
     */
    record Quantified(boolean all, String pattern, Position at) implements Condition {}
}
