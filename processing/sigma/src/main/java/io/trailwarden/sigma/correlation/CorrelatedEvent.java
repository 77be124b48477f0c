package io.trailwarden.sigma.correlation;

import io.trailwarden.event.Sighting;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What correlations keep of one event.
 *
 * @param seen when, in event time, and which
 * @param rules keys of the rules that it matched, of those that correlations refer to
 * @param fields texts of the values of the fields that correlations look at; fields without a value are left out
 * @param account whose activity it was; shown in findings, as are region and principal
 */
public record CorrelatedEvent(
        Sighting seen,
        List<String> rules,
        Map<String, List<String>> fields,
        @Nullable String account,
        @Nullable String region,
        @Nullable String principal) {}
