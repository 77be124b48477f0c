package io.trailwarden.settings;

/**
 * Something wrong in the configuration.
 *
 * @param place {@code file:line:column}, or which variable or flag
 * @param message the value found and what was expected
 */
public record ConfigProblem(String place, String message) {

    /** As compilers print it, so that editors can jump there. */
    @Override
    public String toString() {
        return place + ": " + message;
    }
}
