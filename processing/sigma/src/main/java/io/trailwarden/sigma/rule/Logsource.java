package io.trailwarden.sigma.rule;

import org.jspecify.annotations.Nullable;

/**
 * Which kind of log a rule is for. {@code definition} and other keys describe it to people and are ignored.
 *
 * @param category for example {@code process_creation}
 * @param product for example {@code aws}
 * @param service for example {@code cloudtrail}
 */
public record Logsource(@Nullable String category, @Nullable String product, @Nullable String service) {

    /** CloudTrail records. */
    public static final Logsource CLOUDTRAIL = new Logsource(null, "aws", "cloudtrail");

    /** History events of Step Functions executions. The name of the service is ours; Sigma knows none. */
    public static final Logsource EXECUTIONS = new Logsource(null, "aws", "stepfunctions");

    /** Whether everything this one names, the other names too, and equal: then a rule for this applies to the other. */
    public boolean covers(Logsource other) {
        return agrees(category, other.category) && agrees(product, other.product) && agrees(service, other.service);
    }

    private static boolean agrees(@Nullable String mine, @Nullable String theirs) {
        return mine == null || mine.equals(theirs);
    }

    @Override
    public String toString() {
        return "category=" + category + ", product=" + product + ", service=" + service;
    }
}
