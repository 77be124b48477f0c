package io.trailwarden.detection.rules;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.trailwarden.detection.reference.Reference;
import io.trailwarden.event.ReferenceEntry;
import io.trailwarden.sigma.RuleSet;
import io.trailwarden.sigma.correlation.Correlations;
import io.trailwarden.sigma.match.RuleMatcher;
import io.trailwarden.sigma.parse.ParseOutcome;
import io.trailwarden.sigma.parse.SigmaParser;
import io.trailwarden.sigma.rule.BoundRule;
import io.trailwarden.sigma.rule.Logsource;
import io.trailwarden.sigma.rule.RuleHeader;
import io.trailwarden.sigma.yaml.Position;
import io.trailwarden.sigma.yaml.RuleProblem;
import io.trailwarden.sigma.yaml.YamlNode;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
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
 * use. {@code "refused": [{"line": 1, "column": 1, "message": "..."}]} says what is wrong with an edit that is not in
 * force; {@code yaml} is then the file as it was before, or absent. A rule with {@code staging: true} of its own runs and is counted, but reports nothing until that line is gone.
 */
public final class LoadedRules {

    private static final ObjectMapper JSON = new ObjectMapper();

    private final Reference reference;
    private final Collection<ReferenceEntry> entries;
    private final RuleSet ruleSet;
    private final Correlations correlations;
    private final Set<String> staged;
    private final List<RuleProblem> edits;
    private final Matches matches;

    private LoadedRules(Reference reference, Collection<ReferenceEntry> entries) {
        this.reference = reference;
        this.entries = List.copyOf(entries);
        Map<String, String> files = new LinkedHashMap<>();
        List<RuleProblem> edits = new ArrayList<>();
        for (ReferenceEntry entry : entries) {
            RuleFile file = RuleFile.of(entry);
            if (file != null && file.enabled() && file.yaml() != null) {
                files.put(entry.key(), file.yaml());
            }
            if (file != null) {
                edits.addAll(file.refused());
            }
        }
        this.edits = List.copyOf(edits);
        this.ruleSet = RuleSet.parse(files, Map.of());
        this.correlations = Correlations.of(ruleSet);
        this.staged = staged(ruleSet);
        this.matches = new Matches(ruleSet);
    }

    /** The rules of this reference data, the same object for all who are handed it. */
    public static LoadedRules of(Reference reference) {
        return reference.derived(LoadedRules.class, LoadedRules::of);
    }

    /** Whether these are the rules of this reference data. */
    boolean areOf(Reference of) {
        return reference == of;
    }

    /**
     * The rules for this kind of log that a record matches, in their order: those that report and those that serve
     * correlations. The record is matched once, whoever asks. For one thread, like the subtask that the reference data is
     * handed to.
     *
     * @throws io.trailwarden.sigma.match.MalformedEventException when it is not a JSON object
     */
    List<BoundRule> matched(byte[] raw, Logsource logsource) {
        return matches.of(raw, logsource);
    }

    /** The compiled rules by kind of log, and what the last record matched. */
    private static final class Matches {

        private final RuleSet ruleSet;
        private final Map<Logsource, RuleMatcher> matchers = new HashMap<>();
        private byte @Nullable [] lastRecord;
        private @Nullable Logsource lastKind;
        private List<BoundRule> last = List.of();

        Matches(RuleSet ruleSet) {
            this.ruleSet = ruleSet;
        }

        List<BoundRule> of(byte[] raw, Logsource kind) {
            if (ruleSet.rules().isEmpty()) {
                return List.of();
            }
            if (raw != lastRecord || kind != lastKind) {
                lastRecord = null;
                last = matchers.computeIfAbsent(
                                kind, k -> RuleMatcher.of(ruleSet.routedTo(k).rules()))
                        .match(raw);
                lastKind = kind;
                lastRecord = raw;
            }
            return last;
        }
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
        this.edits = same.edits;
        this.matches = same.matches;
    }

    /** The entry that carries a rule file. */
    public static ReferenceEntry entry(String file, String yaml, boolean enabled, Instant seenAt) {
        ObjectNode body = JSON.createObjectNode().put("yaml", yaml);
        if (!enabled) {
            body.put("enabled", false);
        }
        return new ReferenceEntry(ReferenceEntry.Kind.RULE, file, body.toString(), seenAt);
    }

    /**
     * The entry of a file whose text cannot be in force.
     *
     * @param before the entry that stays in force in its place; null for none
     * @param refused what is wrong with the file as it is now
     */
    public static ReferenceEntry refused(
            String file, @Nullable ReferenceEntry before, List<RuleProblem> refused, Instant seenAt) {
        RuleFile kept = before == null ? null : RuleFile.of(before);
        ObjectNode body = JSON.createObjectNode();
        if (kept != null && kept.yaml() != null) {
            body.put("yaml", kept.yaml());
            if (!kept.enabled()) {
                body.put("enabled", false);
            }
        }
        for (RuleProblem problem : refused) {
            body.withArray("refused")
                    .addObject()
                    .put("line", problem.at().line())
                    .put("column", problem.at().column())
                    .put("message", problem.message());
        }
        return new ReferenceEntry(ReferenceEntry.Kind.RULE, file, body.toString(), seenAt);
    }

    /** What an entry carries. */
    private record RuleFile(@Nullable String yaml, boolean enabled, List<RuleProblem> refused) {

        static @Nullable RuleFile of(ReferenceEntry entry) {
            String text = entry.body();
            if (text == null) {
                return null;
            }
            try {
                JsonNode body = JSON.readTree(text);
                List<RuleProblem> refused = new ArrayList<>();
                for (JsonNode problem : body.path("refused")) {
                    Position at = new Position(
                            entry.key(),
                            problem.path("line").asInt(1),
                            problem.path("column").asInt(1));
                    refused.add(new RuleProblem(at, problem.path("message").asText()));
                }
                String yaml = body.path("yaml").asText(refused.isEmpty() ? "" : null);
                return new RuleFile(yaml, body.path("enabled").asBoolean(true), List.copyOf(refused));
            } catch (JsonProcessingException e) {
                // Not our envelope: perhaps the rule itself. If it is not, the refusal says where.
                return new RuleFile(text, true, List.of());
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

    /** Everything that is wrong: rules and correlations that cannot run, edits that are not in force. */
    public List<RuleProblem> problems() {
        List<RuleProblem> all = new ArrayList<>(ruleSet.refused());
        all.addAll(correlations.refused());
        all.addAll(edits);
        return all;
    }

    /** What became of every rule and every file, in the order of the files. */
    public List<RuleStatus> status() {
        List<RuleStatus> all = new ArrayList<>();
        ruleSet.rules().forEach(rule -> all.add(running(rule.key(), rule.rule().header(), false)));
        ruleSet.correlations()
                .forEach(rule -> all.add(running(rule.key(), rule.rule().header(), true)));
        problems()
                .forEach(problem ->
                        all.add(RuleStatus.without(problem.at(), RuleStatus.State.FAILED, problem.message())));
        for (ReferenceEntry entry : entries) {
            RuleFile file = RuleFile.of(entry);
            if (file != null && !file.enabled() && file.yaml() != null) {
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
