package io.trailwarden.detection.sigma;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.trailwarden.detection.reference.Reference;
import io.trailwarden.detection.sigma.correlation.Correlations;
import io.trailwarden.detection.sigma.rule.RuleProblem;
import io.trailwarden.detection.sigma.rule.YamlNode;
import io.trailwarden.event.ReferenceEntry;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The rules in the reference data, compiled: each entry of kind RULE is one rule file, so that rules change while the
 * job runs, without a restart and without losing state.
 *
 * <p>An entry's key is the file's name, its body {@code {"yaml": "..."}}; {@code "enabled": false} keeps a file out of
 * use. A rule with {@code staging: true} of its own runs and is counted, but reports nothing until that line is gone.
 */
public final class LoadedRules {

    private static final ObjectMapper JSON = new ObjectMapper();

    private final Reference reference;
    private final Collection<ReferenceEntry> entries;
    private final RuleSet ruleSet;
    private final Correlations correlations;
    private final Set<String> staged;

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
        this.staged = staged(ruleSet);
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
        this.staged = same.staged;
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

    /** Keys of the rules and correlations that run without reporting. */
    public Set<String> staged() {
        return staged;
    }

    /** What became of every rule and every file, in the order of the files. */
    public List<RuleStatus> status() {
        List<RuleStatus> all = new ArrayList<>();
        ruleSet.headers()
                .forEach((key, header) -> all.add(new RuleStatus(
                        header.at().file(),
                        header.handle(),
                        staged.contains(key) ? RuleStatus.State.STAGED : RuleStatus.State.LOADED,
                        "")));
        for (RuleProblem problem : ruleSet.refused()) {
            all.add(new RuleStatus(problem.at().file(), "", RuleStatus.State.FAILED, problem.toString()));
        }
        for (ReferenceEntry entry : entries) {
            if (entry.body() != null && yaml(entry) == null) {
                all.add(new RuleStatus(entry.key(), "", RuleStatus.State.DISABLED, ""));
            }
        }
        all.sort(Comparator.comparing(RuleStatus::file));
        return all;
    }

    private static Set<String> staged(RuleSet rules) {
        Set<String> staged = new LinkedHashSet<>();
        rules.headers().forEach((key, header) -> {
            if (header.custom().get("staging") instanceof YamlNode.Truth truth && truth.value()) {
                staged.add(key);
            }
        });
        return staged;
    }
}
