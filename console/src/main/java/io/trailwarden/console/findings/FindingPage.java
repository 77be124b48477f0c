package io.trailwarden.console.findings;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A part of the list of findings, in the order asked for.
 *
 * @param next the cursor of the following page; null on the last one
 * @param seq the last change that this page knows of: a live stream asked for from here misses nothing
 */
public record FindingPage(List<FindingRow> findings, @Nullable String next, long seq) {

    /** The order of the list. */
    public enum Sort {
        /** Latest arrival first; amendments stay in their place. */
        ARRIVAL,
        /** Latest evidence first, in event time. */
        TIME,
        /** Worst first, then latest arrival. */
        SEVERITY
    }
}
