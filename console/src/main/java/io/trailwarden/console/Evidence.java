package io.trailwarden.console;

import com.fasterxml.jackson.databind.JsonNode;
import io.trailwarden.console.source.Records;
import io.trailwarden.console.source.SourceException;
import io.trailwarden.console.source.StoredRecord;
import io.trailwarden.event.Finding;
import io.trailwarden.event.text.Secrets;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * The records behind a finding, as shown to people.
 *
 * @param records in event time order
 * @param missing event ids that are not in the tables (yet): records reach them with the next checkpoint
 * @param unlisted how many further events the finding counts without listing them
 * @param byRule whether a rule that runs is called as the finding's detection, so that its parts can be worked out
 */
record Evidence(List<Item> records, List<String> missing, long unlisted, boolean byRule) {

    private static final Duration MARGIN = Duration.ofHours(1);

    /**
     * One record.
     *
     * @param name the call, or the type of a state machine's event
     * @param service who was called, or which state machine ran
     * @param from the caller's address, or the state's name
     * @param error the error code; empty when there was none
     * @param json the record over several lines
     * @param hidden how many secrets are hidden in it
     */
    record Item(
            String eventId,
            String table,
            Instant eventTime,
            String name,
            String service,
            String from,
            String error,
            String source,
            String object,
            long offset,
            String json,
            int hidden) {}

    static Evidence of(Finding finding, Records records, boolean showSecrets, boolean byRule) throws SourceException {
        List<Item> items = new ArrayList<>();
        Set<String> missing = new LinkedHashSet<>(finding.evidence().eventIds());
        List<StoredRecord> found = records.find(
                finding.evidence().eventIds(),
                finding.evidence().first().minus(MARGIN),
                finding.evidence().last().plus(MARGIN));
        for (StoredRecord record : found) {
            missing.remove(record.eventId());
            items.add(item(record, showSecrets));
        }
        return new Evidence(
                items,
                List.copyOf(missing),
                Math.max(
                        0,
                        finding.evidence().count()
                                - finding.evidence().eventIds().size()),
                byRule);
    }

    private static Item item(StoredRecord record, boolean showSecrets) {
        JsonNode json;
        try {
            json = Json.MAPPER.readTree(record.raw());
        } catch (IOException e) {
            // Stored means it was readable once; shown as it is rather than not at all.
            json = Json.MAPPER.getNodeFactory().textNode(new String(record.raw(), StandardCharsets.UTF_8));
        }
        Secrets.MaskedJson masked = showSecrets ? new Secrets.MaskedJson(json, 0) : Secrets.mask(json);
        boolean execution = record.table().equals("executions");
        return new Item(
                record.eventId(),
                record.table(),
                record.eventTime(),
                json.path(execution ? "type" : "eventName").asText(""),
                execution
                        ? json.path("execution_arn").asText("")
                        : json.path("eventSource").asText(""),
                execution
                        ? json.path("details").path("name").asText("")
                        : json.path("sourceIPAddress").asText(""),
                execution
                        ? json.path("details").path("error").asText("")
                        : json.path("errorCode").asText(""),
                record.source(),
                record.object(),
                record.offset(),
                Json.pretty(masked.json()),
                masked.hidden());
    }
}
