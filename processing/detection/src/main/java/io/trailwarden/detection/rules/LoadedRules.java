package io.trailwarden.detection.rules;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.trailwarden.detection.reference.Reference;
import io.trailwarden.event.ReferenceEntry;
import io.trailwarden.sigma.RuleSet;
import io.trailwarden.sigma.correlation.Correlations;
import io.trailwarden.sigma.parse.ParseOutcome;
import io.trailwarden.sigma.parse.SigmaParser;
import io.trailwarden.sigma.rule.RuleHeader;
import io.trailwarden.sigma.yaml.RuleProblem;
import io.trailwarden.sigma.yaml.YamlNode;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
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
            RuleFile file = RuleFile.of(entry);
            if (file != null && file.enabled()) {
                files.put(entry.key(), file.yaml());
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

    /** What an entry carries. */
    private record RuleFile(String yaml, boolean enabled) {

        static @Nullable RuleFile of(ReferenceEntry entry) {
            String text = entry.body();
            if (text == null) {
                return null;
            }
            try {
                JsonNode body = JSON.readTree(text);
                return new RuleFile(
                        body.path("yaml").asText(""), body.path("enabled").asBoolean(true));
            } catch (JsonProcessingException e) {
                // Not our envelope: perhaps the rule itself. If it is not, the refusal says where.
                return new RuleFile(text, true);
            }
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

    /** The same by what people call them. */
    public Set<String> stagedHandles() {
        Set<String> handles = new LinkedHashSet<>();
        ruleSet.headers().forEach((key, header) -> {
            if (staged.contains(key)) {
                handles.add(header.handle());
            }
        });
        return handles;
    }

    /** What became of every rule and every file, in the order of the files. */
    public List<RuleStatus> status() {
        List<RuleStatus> all = new ArrayList<>();
        ruleSet.rules().forEach(rule -> all.add(running(rule.key(), rule.rule().header(), false)));
        ruleSet.correlations()
                .forEach(rule -> all.add(running(rule.key(), rule.rule().header(), true)));
        Stream.concat(ruleSet.refused().stream(), correlations.refused().stream())
                .forEach(problem ->
                        all.add(RuleStatus.without(problem.at(), RuleStatus.State.FAILED, problem.message())));
        for (ReferenceEntry entry : entries) {
            RuleFile file = RuleFile.of(entry);
            if (file != null && !file.enabled()) {
                for (ParseOutcome outcome : SigmaParser.parse(entry.key(), file.yaml())) {
                    if (outcome instanceof ParseOutcome.Parsed parsed) {
                        all.add(RuleStatus.disabled(parsed.document()));
                    } else if (outcome instanceof ParseOutcome.Refused refused) {
                        RuleProblem problem = refused.problem();
                        all.add(RuleStatus.without(problem.at(), RuleStatus.State.DISABLED, problem.message()));
                    }
                }
            }
        }
        all.sort(Comparator.comparing(RuleStatus::file)
                .thenComparing(status -> status.at().line()));
        return all;
    }

    private RuleStatus running(String key, RuleHeader header, boolean correlation) {
        boolean silent = ruleSet.silent().contains(key);
        return RuleStatus.of(
                header,
                correlation,
                staged.contains(key) ? RuleStatus.State.STAGED : RuleStatus.State.LOADED,
                silent ? "serves correlations, reports nothing itself" : "");
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
