package io.trailwarden.detection.rules;

import io.trailwarden.detection.Signal;
import io.trailwarden.detection.SignalSource;
import io.trailwarden.detection.reference.Reference;
import io.trailwarden.event.AuditEvent;
import io.trailwarden.sigma.correlation.CorrelatedEvent;
import io.trailwarden.sigma.correlation.Family;
import io.trailwarden.sigma.match.FieldReader;
import io.trailwarden.sigma.rule.BoundRule;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Tells correlations of the events that match their rules, and of nothing else. */
final class CorrelationSignals implements SignalSource<CorrelationKey, CorrelationNews> {

    private @Nullable LoadedRules rules;
    private @Nullable FieldReader fields;
    private Set<String> serving = Set.of();

    @Override
    public void read(AuditEvent event, Reference reference, Consumer<Signal<CorrelationKey, CorrelationNews>> out) {
        LoadedRules loaded = rules != null && rules.areOf(reference) ? rules : LoadedRules.of(reference);
        if (rules == null || loaded.correlations() != rules.correlations()) {
            fields = new FieldReader(loaded.correlations().fields());
            serving = loaded.correlations().rules();
        }
        rules = loaded;
        if (loaded.correlations().families().isEmpty()) {
            return;
        }
        byte[] raw = event.raw();
        List<BoundRule> all = loaded.matched(raw, RuleDetector.logsource(event));
        if (all.isEmpty()) {
            return;
        }
        List<String> matched =
                all.stream().map(BoundRule::key).filter(serving::contains).toList();
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
}
