package io.trailwarden.event;

import org.jspecify.annotations.Nullable;

/**
 * Texts of strangers, short enough to be kept. A record may name anything at any length; no record can make a key or a
 * state large.
 *
 * <p>A bounded text still identifies: different texts stay different, and bounding again changes nothing.
 */
public final class Bounded {

    /** The longest text, in characters. AWS's own names are far shorter (ARNs: at most 2,048 by rule, 300 in use). */
    public static final int MAX_TEXT = 1_024;

    private static final int HASH = 33;

    private Bounded() {}

    /** The text itself; a longer one as its beginning, {@code #} and the hash of the whole. */
    public static String text(String text) {
        return text.length() <= MAX_TEXT ? text : text.substring(0, MAX_TEXT - HASH) + '#' + FindingId.of("text", text);
    }

    /** As {@link #text}, where there may be none. */
    public static @Nullable String textOrNull(@Nullable String text) {
        return text == null ? null : text(text);
    }
}
