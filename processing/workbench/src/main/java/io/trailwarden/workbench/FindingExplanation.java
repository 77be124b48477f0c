package io.trailwarden.workbench;

import io.trailwarden.detection.rules.RuleWords;
import io.trailwarden.sigma.RuleSet;
import io.trailwarden.sigma.RuleSet.BoundCorrelation;
import io.trailwarden.sigma.correlation.Correlations;
import io.trailwarden.sigma.match.FieldReader;
import io.trailwarden.sigma.match.MalformedEventException;
import io.trailwarden.sigma.rule.BoundRule;
import io.trailwarden.sigma.rule.RuleHeader;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Why a rule or correlation found something, worked out again by the same engine over the records behind the finding.
 *
 * @param rule what people call it
 * @param at where it stands
 * @param correlations of a correlation, its condition and those of the correlations below it, outermost first; else empty
 * @param records in the order given
 */
public record FindingExplanation(
        String rule, String title, String at, List<Condition> correlations, List<Record> records) {

    /** A record behind a finding. */
    public record Evidence(String eventId, byte[] json, byte[] shown) {}

    /**
     * One correlation.
     *
     * @param condition in words, for example {@code event_count greater or equal 3}
     * @param within its timespan
     * @param over handles of the rules and correlations that it counts
     * @param groupBy fields
     */
    public record Condition(
            String rule, String title, String condition, String within, List<String> over, List<String> groupBy) {}

    /**
     * One record.
     *
     * @param counts whether a rule matches it as the rules are now
     * @param fields what the correlations group by and count, as in the record; empty without correlations
     * @param rules every rule that was tried
     */
    public record Record(String eventId, boolean counts, Map<String, List<String>> fields, List<Tried> rules) {}

    /** One rule on one record, part by part. */
    public record Tried(String rule, String title, Explanation explanation) {}

    /**
     * Explains.
     *
     * @param detection the handle of the rule or correlation, as findings name it
     * @return null when the rules have none of this name (any more)
     */
    public static @Nullable FindingExplanation of(RuleSet rules, String detection, List<Evidence> evidence) {
        String key = null;
        RuleHeader header = null;
        for (Map.Entry<String, RuleHeader> each : rules.headers().entrySet()) {
            if (each.getValue().handle().equals(detection)) {
                key = each.getKey();
                header = each.getValue();
            }
        }
        if (key == null || header == null) {
            return null;
        }
        RuleSet around = rules.around(key);
        List<Condition> conditions = new ArrayList<>();
        Map<String, RuleHeader> headers = around.headers();
        // References stand before what refers to them.
        for (BoundCorrelation correlation : around.correlations()) {
            conditions.add(0, condition(correlation, headers));
        }
        FieldReader fields = new FieldReader(Correlations.of(around).fields());
        List<Record> records = new ArrayList<>();
        for (Evidence each : evidence) {
            records.add(record(around.rules(), each, fields));
        }
        return new FindingExplanation(detection, header.title(), header.at().toString(), conditions, records);
    }

    private static Condition condition(BoundCorrelation correlation, Map<String, RuleHeader> headers) {
        RuleHeader header = correlation.rule().header();
        return new Condition(
                header.handle(),
                header.title(),
                RuleWords.condition(correlation.rule()),
                RuleWords.timespan(correlation.rule().timespan()),
                correlation.references().stream()
                        .map(reference -> headers.containsKey(reference)
                                ? headers.get(reference).handle()
                                : reference)
                        .toList(),
                correlation.rule().groupBy());
    }

    private static Record record(List<BoundRule> rules, Evidence evidence, FieldReader fields) {
        List<Tried> tried = new ArrayList<>();
        boolean counts = false;
        try {
            for (BoundRule rule : rules) {
                Explanation explanation = Explanation.of(rule, evidence.json(), evidence.shown());
                counts |= explanation.holds();
                tried.add(new Tried(
                        rule.rule().header().handle(), rule.rule().header().title(), explanation));
            }
            return new Record(evidence.eventId(), counts, fields.read(evidence.shown()), tried);
        } catch (MalformedEventException e) {
            // What rules cannot read, none of them matches.
            return new Record(evidence.eventId(), false, Map.of(), List.of());
        }
    }
}
