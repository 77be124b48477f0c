package io.trailwarden.detection.rules;

import io.trailwarden.detection.Signal;
import io.trailwarden.detection.SignalSource;
import io.trailwarden.detection.reference.Reference;
import io.trailwarden.event.AuditEvent;
import io.trailwarden.sigma.correlation.CorrelatedEvent;
import io.trailwarden.sigma.correlation.Family;
import io.trailwarden.sigma.match.FieldReader;
import io.trailwarden.sigma.match.RuleMatcher;
import io.trailwarden.sigma.rule.BoundRule;
import io.trailwarden.sigma.rule.Logsource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Tells correlations of the events that match their rules, and of nothing else. */
final class CorrelationSignals implements SignalSource<CorrelationKey, CorrelationNews> {

    private @Nullable LoadedRules rules;
    private @Nullable FieldReader fields;
    private final Map<Logsource, RuleMatcher> matchers = new HashMap<>();

    @Override
    public void read(AuditEvent event, Reference reference, Consumer<Signal<CorrelationKey, CorrelationNews>> out) {
        LoadedRules loaded = LoadedRules.of(reference, rules);
        if (rules == null || loaded.correlations() != rules.correlations()) {
            fields = new FieldReader(loaded.correlations().fields());
            matchers.clear();
        }
        rules = loaded;
        if (loaded.correlations().families().isEmpty()) {
            return;
        }
        byte[] raw = event.raw();
        RuleMatcher matcher =
                matchers.computeIfAbsent(RuleDetector.logsource(event), kind -> RuleMatcher.of(base(loaded, kind)));
        List<String> matched = matcher.ids(raw);
        if (matched.isEmpty() || fields == null) {
            return;
        }
        CorrelationNews news = CorrelationNews.of(event, matched, fields.read(raw));
        CorrelatedEvent correlated = news.seen(event.sighting());
        for (Family family : loaded.correlations().families()) {
            for (List<String> partition : family.partitions(correlated)) {
                CorrelationKey key = new CorrelationKey(family.key(), partition);
                out.accept(new Signal<>(CorrelationDetector.NAME, key, event.sighting(), news));
            }
        }
    }

    private static List<BoundRule> base(LoadedRules loaded, Logsource logsource) {
        return loaded.ruleSet().routedTo(logsource).rules().stream()
                .filter(rule -> loaded.correlations().rules().contains(rule.key()))
                .toList();
    }
}
