package io.trailwarden.console.findings;

import java.util.List;
import java.util.Map;

/**
 * How many findings there are per value of each field. A field's own filter does not narrow its counts, so that values
 * not chosen stay visible.
 *
 * @param total how many findings the filter lets through
 * @param all how many findings there are at all
 * @param fields by the name of the parameter
 */
public record Facets(long total, long all, Map<String, Facet> fields) {

    /**
     * One field's values, the most frequent first.
     *
     * @param more whether there are values beyond these
     */
    public record Facet(List<Count> values, boolean more) {}

    /** One value and how often it occurs. */
    public record Count(String value, long count) {}
}
