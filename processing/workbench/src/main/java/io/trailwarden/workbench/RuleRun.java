package io.trailwarden.workbench;

import io.trailwarden.event.Sighting;
import io.trailwarden.sigma.RuleSet;
import io.trailwarden.sigma.correlation.CorrelatedEvent;
import io.trailwarden.sigma.correlation.Correlations;
import io.trailwarden.sigma.correlation.Firing;
import io.trailwarden.sigma.match.FieldReader;
import io.trailwarden.sigma.match.RuleMatcher;
import io.trailwarden.sigma.rule.BoundRule;
import io.trailwarden.sigma.rule.Logsource;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Rules and their correlations over a pile of records, without a pipeline: records are added one by one in any order,
 * correlations are asked for in the end.
 *
 * <p>Every rule is tried on every record. A record's time is its {@code eventTime}, {@code @timestamp} or {@code
 * timestamp} (ISO 8601) or {@code event_timestamp} (milliseconds since 1970); without any it takes part in no
 * correlation.
 */
public final class RuleRun {

    private static final List<String> TIMES = List.of("eventTime", "event_timestamp", "@timestamp", "timestamp");
    private static final List<String> IDS = List.of("eventID", "eventId", "id");

    private final RuleSet rules;
    private final RuleMatcher matcher;
    private final Correlations correlations;
    private final Map<Logsource, RuleMatcher> byLogsource = new HashMap<>();
    private final Set<String> serving;
    private final FieldReader fields;
    private final FieldReader header;
    private final List<CorrelatedEvent> events = new ArrayList<>();
    private long withoutTime;

    public RuleRun(RuleSet rules) {
        this.rules = rules;
        this.matcher = RuleMatcher.of(rules.rules());
        this.correlations = Correlations.of(rules);
        this.serving = correlations.rules();
        this.fields = new FieldReader(correlations.fields());
        List<String> names = new ArrayList<>(TIMES);
        names.addAll(IDS);
        this.header = new FieldReader(names);
    }

    /**
     * What one record matched.
     *
     * @param eventId the record's own id, else the one it was given
     * @param rules those that report on their own, in their order; may be empty
     */
    public record Match(String eventId, List<BoundRule> rules) {}

    /**
     * Adds one record.
     *
     * @param id names the record if it has no id of its own
     * @throws io.trailwarden.sigma.match.MalformedEventException when it is not a JSON object
     */
    public Match add(String id, byte[] json) {
        List<BoundRule> matched = matcher.match(json);
        if (matched.isEmpty()) {
            return new Match(id, List.of());
        }
        Map<String, List<String>> own = header.read(json);
        String eventId = first(own, IDS) == null ? id : String.valueOf(first(own, IDS));
        return take(time(first(own, TIMES)), eventId, json, matched);
    }

    /**
     * Adds one record whose time and id are known, and tries only the rules for its kind of log.
     *
     * @throws io.trailwarden.sigma.match.MalformedEventException when it is not a JSON object
     */
    public Match add(Logsource kind, Instant time, String eventId, byte[] json) {
        RuleMatcher routed = byLogsource.computeIfAbsent(
                kind, k -> RuleMatcher.of(rules.routedTo(k).rules()));
        return take(time, eventId, json, routed.match(json));
    }

    private Match take(@Nullable Instant time, String eventId, byte[] json, List<BoundRule> matched) {
        List<String> forCorrelations =
                matched.stream().map(BoundRule::key).filter(serving::contains).toList();
        if (!forCorrelations.isEmpty()) {
            if (time == null) {
                withoutTime++;
            } else {
                events.add(new CorrelatedEvent(
                        new Sighting(time, eventId), forCorrelations, fields.read(json), null, null, null));
            }
        }
        return new Match(
                eventId,
                matched.stream()
                        .filter(rule -> !rules.silent().contains(rule.key()))
                        .toList());
    }

    /** What the correlations conclude from all records added so far, sorted by time; silent ones are left out. */
    public List<Firing> firings() {
        return correlations.firings(events).stream()
                .filter(firing -> !rules.silent().contains(firing.correlation()))
                .toList();
    }

    /** How many records take part in correlations. */
    public int correlated() {
        return events.size();
    }

    /** How many records matched a correlation's rule and have no time. */
    public long withoutTime() {
        return withoutTime;
    }

    private static @Nullable String first(Map<String, List<String>> fields, List<String> names) {
        for (String name : names) {
            List<String> values = fields.get(name);
            if (values != null) {
                return values.get(0);
            }
        }
        return null;
    }

    private static @Nullable Instant time(@Nullable String text) {
        if (text == null) {
            return null;
        }
        try {
            return text.matches("[0-9]{1,18}")
                    ? Instant.ofEpochMilli(Long.parseLong(text))
                    : OffsetDateTime.parse(text).toInstant();
        } catch (DateTimeException e) {
            return null;
        }
    }
}
