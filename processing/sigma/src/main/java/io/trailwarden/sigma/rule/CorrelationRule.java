package io.trailwarden.sigma.rule;

import io.trailwarden.sigma.yaml.Position;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A rule over several events within a span of event time.
 *
 * @param rules ids, names or titles of rules or correlations; in order for {@link Type#TEMPORAL_ORDERED}
 * @param groupBy fields or aliases whose values must agree; without any, all events are one group
 * @param timespan length of the sliding window
 * @param aliases by alias, then by rule reference: the field that stands for it there
 * @param generate whether the referenced rules report on their own as well
 */
public record CorrelationRule(
        RuleHeader header,
        Type type,
        List<String> rules,
        List<String> groupBy,
        Duration timespan,
        Criterion criterion,
        Map<String, Map<String, String>> aliases,
        boolean generate,
        Position rulesAt)
        implements SigmaDocument {

    /** What is computed over a window. */
    public enum Type {
        /** How many events. */
        EVENT_COUNT,
        /** How many distinct values, or tuples of values. */
        VALUE_COUNT,
        VALUE_SUM,
        VALUE_AVG,
        /** The smallest value that at least this share of the values does not exceed (nearest rank). */
        VALUE_PERCENTILE,
        /** The middle value, or the mean of the two middle values. */
        VALUE_MEDIAN,
        /** How many of the rules matched. */
        TEMPORAL,
        /** The rules matched one after the other, each on an event of its own. */
        TEMPORAL_ORDERED
    }

    /**
     * When the window's result is a finding.
     *
     * @param fields for the types that look at values
     * @param percentile 0 to 100, for {@link Type#VALUE_PERCENTILE}
     * @param bounds all of them must hold; none for temporal types means every rule must match
     * @param expression a condition over rule references instead of bounds, for {@link Type#TEMPORAL}
     */
    public record Criterion(
            List<String> fields, @Nullable BigDecimal percentile, List<Bound> bounds, @Nullable Condition expression) {}

    /** One comparison of the window's result. */
    public record Bound(ValueTest.Relation relation, BigDecimal value) {}
}
