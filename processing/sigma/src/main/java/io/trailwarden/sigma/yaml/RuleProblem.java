package io.trailwarden.sigma.yaml;

/**
 * Why a rule was refused, or what is doubtful about it.
 *
 * @param at the first character of what is wrong
 * @param message what is wrong, with the value as written, and what to write instead
 */
public record RuleProblem(Position at, String message) {

    /** Of a rule on which the engine itself fails: it is refused like one that is wrong, and hides no other. */
    public static RuleProblem unexpected(Position at, Throwable failure) {
        String detail = failure.getMessage();
        return new RuleProblem(
                at,
                "cannot be used: " + failure.getClass().getSimpleName() + (detail == null ? "" : ", " + detail)
                        + " (a fault of the engine, not of other rules; please report it with this one)");
    }

    /** {@code file:line:column: message}, the form that editors and terminals turn into a link. */
    @Override
    public String toString() {
        return at + ": " + message;
    }
}
