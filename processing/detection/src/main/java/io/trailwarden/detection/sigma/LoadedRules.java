package io.trailwarden.detection.sigma;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.trailwarden.detection.reference.Reference;
import io.trailwarden.detection.sigma.correlation.Correlations;
import io.trailwarden.event.ReferenceEntry;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The rules in the reference data, compiled: each entry of kind RULE is one rule file, so that rules change while the
 * job runs, without a restart and without losing state.
 *
 * <p>An entry's key is the file's name, its body {@code {"yaml": "..."}}; {@code "enabled": false} keeps a file out of
 * use.
 */
public final class LoadedRules {

    private static final ObjectMapper JSON = new ObjectMapper();

    private final Reference reference;
    private final Collection<ReferenceEntry> entries;
    private final RuleSet ruleSet;
    private final Correlations correlations;

    private LoadedRules(Reference reference, Collection<ReferenceEntry> entries) {
        this.reference = reference;
        this.entries = List.copyOf(entries);
        Map<String, String> files = new LinkedHashMap<>();
        for (ReferenceEntry entry : entries) {
            String yaml = yaml(entry);
            if (yaml != null) {
                files.put(entry.key(), yaml);
            }
        }
        this.ruleSet = RuleSet.parse(files, Map.of());
        this.correlations = Correlations.of(ruleSet);
    }

    /**
     * The rules of this reference data.
     *
     * @param before returned as it is when the rules have not changed; may be null
     */
    public static LoadedRules of(Reference reference, @Nullable LoadedRules before) {
        if (before != null && before.reference == reference) {
            return before;
        }
        Collection<ReferenceEntry> entries = reference.entries(ReferenceEntry.Kind.RULE);
        if (before != null && before.entries.equals(List.copyOf(entries))) {
            return new LoadedRules(reference, before);
        }
        return new LoadedRules(reference, entries);
    }

    private LoadedRules(Reference reference, LoadedRules same) {
        this.reference = reference;
        this.entries = same.entries;
        this.ruleSet = same.ruleSet;
        this.correlations = same.correlations;
    }

    /** The entry that carries a rule file. */
    public static ReferenceEntry entry(String file, String yaml, boolean enabled, Instant seenAt) {
        ObjectNode body = JSON.createObjectNode().put("yaml", yaml);
        if (!enabled) {
            body.put("enabled", false);
        }
        return new ReferenceEntry(ReferenceEntry.Kind.RULE, file, body.toString(), seenAt);
    }

    private static @Nullable String yaml(ReferenceEntry entry) {
        String text = entry.body();
        if (text == null) {
            return null;
        }
        try {
            JsonNode body = JSON.readTree(text);
            return body.path("enabled").asBoolean(true) ? body.path("yaml").asText("") : null;
        } catch (JsonProcessingException e) {
            // Not our envelope: perhaps the rule itself. If it is not, the refusal says where.
            return text;
        }
    }

    /** Every rule, and what was refused. */
    public RuleSet ruleSet() {
        return ruleSet;
    }

    /** The correlations among them. */
    public Correlations correlations() {
        return correlations;
    }

    /** One line per rule file: loaded, or why it is not. */
    public List<String> status() {
        List<String> lines = new ArrayList<>();
        ruleSet.rules().forEach(rule -> lines.add(rule.rule().header().at().file() + ": loaded " + rule.key()));
        ruleSet.correlations().forEach(c -> lines.add(c.rule().header().at().file() + ": loaded " + c.key()));
        ruleSet.refused().forEach(problem -> lines.add("failed " + problem));
        return lines;
    }
}
