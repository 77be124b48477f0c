package io.trailwarden.detection.sigma;

/**
 * What became of one rule, or of one file that holds none that can be read.
 *
 * @param file the entry's name
 * @param rule what people call the rule; empty where the file cannot be read so far
 * @param detail why it failed; else empty
 */
public record RuleStatus(String file, String rule, State state, String detail) {

    /** What a rule does. */
    public enum State {
        /** It runs and reports. */
        LOADED,
        /** It runs and is counted, but reports nothing until it is promoted. */
        STAGED,
        /** It is there and does not run. */
        DISABLED,
        /** It cannot run. */
        FAILED
    }

    @Override
    public String toString() {
        return file + ": " + state.name().toLowerCase(java.util.Locale.ROOT)
                + (rule.isEmpty() ? "" : " " + rule)
                + (detail.isEmpty() ? "" : ": " + detail);
    }
}
