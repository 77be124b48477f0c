package io.trailwarden.detection.rules;

import io.trailwarden.event.AuditEvent;
import io.trailwarden.event.Bounded;
import io.trailwarden.event.Sighting;
import io.trailwarden.sigma.correlation.CorrelatedEvent;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * An event that rules matched which correlations refer to.
 *
 * @param rules keys of these rules
 * @param fields values of the fields that correlations look at, at most {@link #MAX_VALUES} of each
 */
public record CorrelationNews(
        List<String> rules,
        Map<String, List<String>> fields,
        @Nullable String account,
        @Nullable String region,
        @Nullable String principal) {

    /** How many values of one field are looked at. */
    public static final int MAX_VALUES = 100;

    static CorrelationNews of(AuditEvent event, List<String> rules, Map<String, List<String>> fields) {
        Map<String, List<String>> bounded = new LinkedHashMap<>();
        fields.forEach((field, values) -> bounded.put(
                field, values.stream().limit(MAX_VALUES).map(Bounded::text).toList()));
        return new CorrelationNews(
                rules,
                bounded,
                Bounded.text(event.account()),
                Bounded.textOrNull(event.region()),
                Bounded.text(event.principal()));
    }

    CorrelatedEvent seen(Sighting event) {
        return new CorrelatedEvent(event, rules, fields, account, region, principal);
    }
}
