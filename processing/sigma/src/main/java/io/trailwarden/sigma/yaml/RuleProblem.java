package io.trailwarden.sigma.yaml;

/**
 * Why a rule was refused, or what is doubtful about it.
 *
 * @param at the first character of what is wrong
 * @param message what is wrong, with the value as written, and what to write instead
 */
public record RuleProblem(Position at, String message) {

    /** {@code file:line:column: message}, the form that editors and terminals turn into a link. */
    @Override
    public String toString() {
        return at + ": " + message;
    }
}
