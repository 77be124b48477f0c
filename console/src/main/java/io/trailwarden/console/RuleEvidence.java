package io.trailwarden.console;

import com.fasterxml.jackson.databind.JsonNode;
import io.trailwarden.console.source.Records;
import io.trailwarden.console.source.SourceException;
import io.trailwarden.console.source.StoredRecord;
import io.trailwarden.event.Finding;
import io.trailwarden.event.text.Secrets;
import io.trailwarden.sigma.RuleSet;
import io.trailwarden.workbench.Explanation;
import io.trailwarden.workbench.FindingExplanation;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Why a rule found something, as shown to people: the rule's parts over the records behind the finding. Secrets in what
 * was found are hidden as in {@link Evidence}.
 *
 * @param rule null when no rule that runs is called as the finding's detection: another detection made it, or the rule is
 *     gone
 * @param at file, line and column of the rule
 * @param correlations of a correlation, what it and those below it ask for, outermost first
 * @param events in event time order, at most {@link #MOST}
 * @param others how many further events the finding lists
 */
record RuleEvidence(
        @Nullable String rule,
        String title,
        String at,
        List<FindingExplanation.Condition> correlations,
        List<Event> events,
        long others) {

    /** Working out is dear; a correlation's evidence is much of the same. */
    static final int MOST = 20;

    private static final Duration MARGIN = Duration.ofHours(1);

    /**
     * One record.
     *
     * @param counts whether a rule matches it as the rules are now
     * @param rules those that match; where none does, all that were tried
     */
    record Event(
            String eventId,
            Instant eventTime,
            String name,
            boolean counts,
            Map<String, List<String>> fields,
            List<Tried> rules) {}

    /** One rule on one record. */
    record Tried(String rule, String title, boolean matches, List<Line> lines) {}

    /**
     * One part of a rule.
     *
     * @param depth of the nesting, from 0
     * @param holds whether this part is true of the record
     * @param found what the record has in the fields that this part looks at; null for parts that only join others
     */
    record Line(int depth, String label, boolean holds, @Nullable Map<String, List<String>> found) {}

    static RuleEvidence of(Finding finding, RuleSet rules, Records records, boolean showSecrets)
            throws SourceException {
        List<String> ids = finding.evidence().eventIds().stream().limit(MOST).toList();
        List<StoredRecord> stored = records.find(
                ids,
                finding.evidence().first().minus(MARGIN),
                finding.evidence().last().plus(MARGIN));
        List<FindingExplanation.Evidence> evidence = new ArrayList<>();
        Map<String, StoredRecord> byId = new HashMap<>();
        for (StoredRecord record : stored) {
            byId.put(record.eventId(), record);
            evidence.add(new FindingExplanation.Evidence(
                    record.eventId(), record.raw(), showSecrets ? record.raw() : masked(record.raw())));
        }
        FindingExplanation explanation =
                FindingExplanation.of(rules, finding.detection().name(), evidence);
        if (explanation == null) {
            return new RuleEvidence(null, "", "", List.of(), List.of(), 0);
        }
        List<Event> events = new ArrayList<>();
        for (FindingExplanation.Record record : explanation.records()) {
            StoredRecord raw = byId.get(record.eventId());
            if (raw != null) {
                events.add(new Event(
                        record.eventId(),
                        raw.eventTime(),
                        name(raw),
                        record.counts(),
                        record.fields(),
                        record.rules().stream()
                                .filter(tried -> tried.explanation().holds() || !record.counts())
                                .map(RuleEvidence::tried)
                                .toList()));
            }
        }
        return new RuleEvidence(
                explanation.rule(),
                explanation.title(),
                explanation.at(),
                explanation.correlations(),
                events,
                finding.evidence().count() - events.size());
    }

    private static Tried tried(FindingExplanation.Tried tried) {
        List<Line> lines = new ArrayList<>();
        tried.explanation().parts().forEach(part -> write(part, 0, lines));
        return new Tried(tried.rule(), tried.title(), tried.explanation().holds(), lines);
    }

    private static void write(Explanation part, int depth, List<Line> lines) {
        boolean item = part.parts().isEmpty() && part.at() != null;
        lines.add(new Line(depth, part.label(), part.holds(), item ? part.found() : null));
        part.parts().forEach(each -> write(each, depth + 1, lines));
    }

    private static byte[] masked(byte[] raw) {
        try {
            JsonNode json = Json.MAPPER.readTree(raw);
            Secrets.MaskedJson masked = Secrets.mask(json);
            return masked.hidden() == 0 ? raw : Json.bytes(masked.json());
        } catch (IOException e) {
            // Nothing is known to be harmless in what cannot be read.
            return new byte[] {'{', '}'};
        }
    }

    private static String name(StoredRecord record) {
        try {
            JsonNode json = Json.MAPPER.readTree(record.raw());
            return json.path(record.table().equals("executions") ? "type" : "eventName")
                    .asText("");
        } catch (IOException e) {
            return "";
        }
    }
}
