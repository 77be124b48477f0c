package io.trailwarden.event.text;

/**
 * Ids as log lines carry them, {@code event=…} and {@code finding=…}: one word each, so that a line can be searched for by
 * it, and so that no id, which a stranger may have written, ends the line or pretends to be another one.
 *
 * <p>They are part of the message, not of the logger's own structures: every back end writes those, Flink's included.
 */
public final class LogKeys {

    private static final int LONGEST = 300;

    private LogKeys() {}

    /** An event by its id; a record that cannot be read by its object's hash and its place in it. */
    public static String event(String id) {
        return "event=" + word(id);
    }

    /** A finding by its id. */
    public static String finding(String id) {
        return "finding=" + word(id);
    }

    private static String word(String id) {
        return id.isEmpty() ? "-" : VisibleText.of(id, LONGEST).replace(" ", "\\u0020");
    }
}
