package io.trailwarden.detection.rules;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.trailwarden.detection.Signal;
import io.trailwarden.detection.SignalSource;
import io.trailwarden.detection.reference.Reference;
import io.trailwarden.event.CloudTrailEvent;
import io.trailwarden.event.ExecutionEvent;
import io.trailwarden.event.Sighting;
import io.trailwarden.sigma.correlation.CorrelatedEvent;
import io.trailwarden.sigma.correlation.Family;
import io.trailwarden.sigma.match.FieldReader;
import io.trailwarden.sigma.rule.BoundRule;
import io.trailwarden.sigma.rule.Logsource;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Tells correlations of the events that match their rules, and of nothing else. */
final class CorrelationSignals implements SignalSource {

    private static final ObjectMapper JSON = new ObjectMapper();

    /** Partitions depend on rules and fields alone. */
    private static final Sighting UNSEEN = new Sighting(Instant.EPOCH, "");

    private @Nullable LoadedRules rules;
    private @Nullable FieldReader fields;
    private Set<String> serving = Set.of();

    /**
     * What a signal of this detector carries in its {@link Signal#detail()}.
     *
     * @param rules keys of the rules that matched
     */
    record Detail(List<String> partition, List<String> rules, Map<String, List<String>> fields) {}

    static Detail detail(Signal signal) {
        try {
            return JSON.readValue(signal.detail(), Detail.class);
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException("a signal of another version: " + signal.detail(), e);
        }
    }

    @Override
    public void read(CloudTrailEvent event, Reference reference, Consumer<Signal> out) {
        tell(
                event.raw(),
                Logsource.CLOUDTRAIL,
                reference,
                key -> Signal.of(CorrelationDetector.NAME, key, "match", event),
                out);
    }

    @Override
    public void read(ExecutionEvent event, Reference reference, Consumer<Signal> out) {
        tell(
                event.raw(),
                Logsource.EXECUTIONS,
                reference,
                key -> Signal.of(CorrelationDetector.NAME, key, "match", event),
                out);
    }

    private void tell(
            byte[] raw,
            Logsource logsource,
            Reference reference,
            Function<String, Signal> signal,
            Consumer<Signal> out) {
        LoadedRules loaded = rules != null && rules.areOf(reference) ? rules : LoadedRules.of(reference);
        if (rules == null || loaded.correlations() != rules.correlations()) {
            fields = new FieldReader(loaded.correlations().fields());
            serving = loaded.correlations().rules();
        }
        rules = loaded;
        if (loaded.correlations().families().isEmpty()) {
            return;
        }
        List<BoundRule> all = loaded.matched(raw, logsource);
        if (all.isEmpty()) {
            return;
        }
        List<String> matched =
                all.stream().map(BoundRule::key).filter(serving::contains).toList();
        if (matched.isEmpty() || fields == null) {
            return;
        }
        CorrelatedEvent correlated = new CorrelatedEvent(UNSEEN, matched, fields.read(raw), null, null, null);
        for (Family family : loaded.correlations().families()) {
            for (List<String> partition : family.partitions(correlated)) {
                Detail detail = new Detail(partition, matched, correlated.fields());
                String key = family.key() + ' ' + text(partition);
                out.accept(signal.apply(key).withLink(family.key(), text(detail)));
            }
        }
    }

    private static String text(Object value) {
        try {
            return JSON.writeValueAsString(value);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("lists and maps of text are always JSON", e);
        }
    }
}
