package io.trailwarden.detection.reference;

import java.util.Locale;

/**
 * A pattern with {@code *} (any run of characters, also none) and {@code ?} (exactly one), as in IAM policies. Matching
 * takes at most pattern times text steps, whatever a stranger wrote into either.
 */
public final class Glob {

    private final String pattern;
    private final boolean ignoreCase;

    private Glob(String pattern, boolean ignoreCase) {
        this.pattern = pattern;
        this.ignoreCase = ignoreCase;
    }

    /** A pattern for ARNs, accounts and Regions. */
    public static Glob of(String pattern) {
        return new Glob(pattern, false);
    }

    /** A pattern for actions, which IAM compares without regard to case. */
    public static Glob ignoringCase(String pattern) {
        return new Glob(pattern.toLowerCase(Locale.ROOT), true);
    }

    /** Whether the whole text matches. */
    public boolean matches(String original) {
        String text = ignoreCase ? original.toLowerCase(Locale.ROOT) : original;
        int at = 0;
        int in = 0;
        int star = -1;
        int resume = 0;
        while (at < text.length()) {
            if (in < pattern.length() && pattern.charAt(in) == '*') {
                star = in++;
                resume = at;
            } else if (in < pattern.length() && (pattern.charAt(in) == '?' || pattern.charAt(in) == text.charAt(at))) {
                in++;
                at++;
            } else if (star >= 0) {
                in = star + 1;
                at = ++resume;
            } else {
                return false;
            }
        }
        while (in < pattern.length() && pattern.charAt(in) == '*') {
            in++;
        }
        return in == pattern.length();
    }

    /** The pattern as written, in lower case where case does not matter. */
    @Override
    public String toString() {
        return pattern;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Glob glob && glob.pattern.equals(pattern) && glob.ignoreCase == ignoreCase;
    }

    @Override
    public int hashCode() {
        return pattern.hashCode();
    }
}
