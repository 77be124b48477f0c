package io.trailwarden.sigma;

import io.trailwarden.sigma.match.RuleCost;
import io.trailwarden.sigma.match.RuleMatcher;
import io.trailwarden.sigma.parse.ParseOutcome;
import io.trailwarden.sigma.parse.RuleBinder;
import io.trailwarden.sigma.parse.SigmaParser;
import io.trailwarden.sigma.rule.BoundRule;
import io.trailwarden.sigma.rule.CorrelationRule;
import io.trailwarden.sigma.rule.DetectionRule;
import io.trailwarden.sigma.rule.FilterRule;
import io.trailwarden.sigma.rule.Logsource;
import io.trailwarden.sigma.rule.RuleHeader;
import io.trailwarden.sigma.rule.SigmaDocument;
import io.trailwarden.sigma.yaml.Position;
import io.trailwarden.sigma.yaml.RuleProblem;
import io.trailwarden.sigma.yaml.RuleRefusedException;
import java.io.IOException;
import java.nio.charset.MalformedInputException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Rules that belong together: those that can run, and why the others cannot.
 *
 * <p>Filters are applied, references of correlations resolved. A refused rule never stops the others; a correlation
 * over a refused rule is refused too.
 *
 * @param rules in the order of the files
 * @param correlations each after those it refers to
 * @param silent keys of rules and correlations that only serve correlations and report nothing themselves
 * @param refused in the order of the files
 */
public record RuleSet(
        List<BoundRule> rules, List<BoundCorrelation> correlations, Set<String> silent, List<RuleProblem> refused) {

    /**
     * A correlation with its references resolved.
     *
     * @param key identifies it in results
     * @param references keys of rules and correlations, in the order of {@link CorrelationRule#rules()}
     */
    public record BoundCorrelation(String key, CorrelationRule rule, List<String> references) {}

    /**
     * Reads rule files.
     *
     * @param files by name, in the order to be loaded
     * @param placeholders values for {@code %name%} under {@code |expand}
     */
    public static RuleSet parse(Map<String, String> files, Map<String, List<String>> placeholders) {
        List<ParseOutcome> outcomes = new ArrayList<>();
        files.forEach((name, yaml) -> outcomes.addAll(SigmaParser.parse(name, yaml)));
        return new Builder(placeholders).build(outcomes);
    }

    /** Reads one rule file, without placeholders. */
    public static RuleSet parse(String file, String yaml) {
        return parse(Map.of(file, yaml), Map.of());
    }

    /**
     * Reads a rule file, or every {@code .yml} and {@code .yaml} file below a folder, sorted by path. Files that end in
     * {@code .test.yml} hold tests of the rule beside them and are left out.
     *
     * @throws IOException when the folder cannot be listed; a file that cannot be read or is not UTF-8 is refused
     */
    public static RuleSet load(Path path, Map<String, List<String>> placeholders) throws IOException {
        List<Path> paths;
        try (Stream<Path> walk = Files.walk(path)) {
            paths = walk.filter(Files::isRegularFile)
                    .filter(p -> p.equals(path) || isRuleFile(p))
                    .sorted()
                    .toList();
        }
        List<ParseOutcome> outcomes = new ArrayList<>();
        for (Path p : paths) {
            String name = p.equals(path) ? p.toString() : path.relativize(p).toString();
            try {
                outcomes.addAll(SigmaParser.parse(name, Files.readString(p, StandardCharsets.UTF_8)));
            } catch (MalformedInputException e) {
                outcomes.add(unreadable(name, "not UTF-8 (expected: YAML in UTF-8)"));
            } catch (IOException e) {
                outcomes.add(unreadable(name, "cannot be read: " + e));
            }
        }
        return new Builder(placeholders).build(outcomes);
    }

    private static ParseOutcome unreadable(String file, String why) {
        return new ParseOutcome.Refused(new RuleProblem(new Position(file, 1, 1), why));
    }

    private static boolean isRuleFile(Path path) {
        String name = path.getFileName().toString().toLowerCase(Locale.ROOT);
        boolean yaml = name.endsWith(".yml") || name.endsWith(".yaml");
        return yaml && !name.endsWith(".test.yml") && !name.endsWith(".test.yaml");
    }

    /** Those rules that are for this kind of log, and every correlation over them alone. */
    public RuleSet routedTo(Logsource logsource) {
        List<BoundRule> kept = rules.stream()
                .filter(rule -> rule.rule().logsource().covers(logsource))
                .toList();
        Set<String> keys = new HashSet<>();
        kept.forEach(rule -> keys.add(rule.key()));
        List<BoundCorrelation> correlated = new ArrayList<>();
        for (BoundCorrelation correlation : correlations) {
            if (keys.containsAll(correlation.references())) {
                correlated.add(correlation);
                keys.add(correlation.key());
            }
        }
        return new RuleSet(kept, correlated, silent, refused);
    }

    /**
     * One rule or correlation, with everything that it refers to, reporting on its own.
     *
     * @throws IllegalArgumentException when there is none of this key
     */
    public RuleSet around(String key) {
        Set<String> wanted = new HashSet<>(Set.of(key));
        // References stand before what refers to them, so backwards one pass finds all.
        for (int i = correlations.size() - 1; i >= 0; i--) {
            if (wanted.contains(correlations.get(i).key())) {
                wanted.addAll(correlations.get(i).references());
            }
        }
        Set<String> quiet = new LinkedHashSet<>(wanted);
        quiet.remove(key);
        RuleSet around = new RuleSet(
                rules.stream().filter(rule -> wanted.contains(rule.key())).toList(),
                correlations.stream().filter(c -> wanted.contains(c.key())).toList(),
                quiet,
                List.of());
        if (around.rules.isEmpty() && around.correlations.isEmpty()) {
            throw new IllegalArgumentException("no rule " + key);
        }
        return around;
    }

    /** What each rule and correlation says about itself, by key, in their order. */
    public Map<String, RuleHeader> headers() {
        Map<String, RuleHeader> headers = new LinkedHashMap<>();
        rules.forEach(rule -> headers.put(rule.key(), rule.rule().header()));
        correlations.forEach(
                correlation -> headers.put(correlation.key(), correlation.rule().header()));
        return headers;
    }

    private static final class Builder {

        private static final int MAX_LEVELS = 64;

        private final RuleBinder binder;
        private final List<RuleProblem> refused = new ArrayList<>();
        private final Map<String, BoundRule> rules = new LinkedHashMap<>();
        private final Map<String, CorrelationRule> pending = new LinkedHashMap<>();
        private final Map<String, String> handles = new HashMap<>();
        private final Set<String> ambiguous = new HashSet<>();
        private final Map<String, BoundCorrelation> correlations = new LinkedHashMap<>();

        Builder(Map<String, List<String>> placeholders) {
            this.binder = new RuleBinder(placeholders);
        }

        RuleSet build(List<ParseOutcome> outcomes) {
            List<FilterRule> filters = new ArrayList<>();
            List<SigmaDocument> documents = new ArrayList<>();
            for (ParseOutcome outcome : outcomes) {
                if (outcome instanceof ParseOutcome.Refused refusal) {
                    refused.add(refusal.problem());
                } else if (outcome instanceof ParseOutcome.Parsed parsed) {
                    if (parsed.document() instanceof FilterRule filter) {
                        attempt(filter.header().at(), () -> {
                            binder.bind(filter);
                            filters.add(filter);
                        });
                    } else {
                        documents.add(parsed.document());
                    }
                }
            }
            for (SigmaDocument document : documents) {
                attempt(document.header().at(), () -> {
                    String key = newKey(document.header());
                    if (document instanceof DetectionRule rule) {
                        BoundRule bound = binder.bind(rule, filters);
                        // What cannot be compiled alone would take all others with it.
                        RuleMatcher.of(List.of(bound));
                        RuleCost.of(bound);
                        rules.put(key, new BoundRule(key, rule, bound.expression(), bound.filters()));
                    } else {
                        pending.put(key, (CorrelationRule) document);
                    }
                    register(document.header(), key);
                });
            }
            resolve();
            return new RuleSet(
                    List.copyOf(rules.values()), List.copyOf(correlations.values()), silenced(), List.copyOf(refused));
        }

        private boolean attempt(Position at, Runnable step) {
            try {
                step.run();
                return true;
            } catch (RuleRefusedException e) {
                refused.add(e.problem());
            } catch (RuntimeException | StackOverflowError e) {
                refused.add(RuleProblem.unexpected(at, e));
            }
            return false;
        }

        private String newKey(RuleHeader header) {
            String key = header.key();
            boolean taken = rules.containsKey(key) || pending.containsKey(key);
            if (taken && header.id() != null) {
                throw new RuleRefusedException(header.at(), "id " + key + " is taken by an earlier rule");
            }
            int n = 2;
            String free = key;
            while (rules.containsKey(free) || pending.containsKey(free)) {
                free = key + '#' + n++;
            }
            return free;
        }

        private void register(RuleHeader header, String key) {
            for (@Nullable String handle : new String[] {header.id(), header.name(), header.title()}) {
                if (handle != null) {
                    String before = handles.putIfAbsent(handle, key);
                    if (before != null && !before.equals(key)) {
                        ambiguous.add(handle);
                    }
                }
            }
        }

        /** Level by level, so that neither the order in the files nor the height of a stack matters. */
        private void resolve() {
            int before;
            int level = 0;
            do {
                before = pending.size();
                Map<String, BoundCorrelation> resolved = new LinkedHashMap<>();
                Set<String> settled = new HashSet<>();
                pending.forEach((key, rule) -> {
                    boolean good = attempt(rule.rulesAt(), () -> {
                        List<String> references = references(rule);
                        if (references.stream().noneMatch(pending::containsKey)) {
                            resolved.put(key, new BoundCorrelation(key, rule, references));
                            settled.add(key);
                        }
                    });
                    if (!good) {
                        settled.add(key);
                    }
                });
                pending.keySet().removeAll(settled);
                correlations.putAll(resolved);
            } while (pending.size() < before && ++level < MAX_LEVELS);
            pending.forEach((key, rule) -> attempt(rule.rulesAt(), () -> {
                throw new RuleRefusedException(rule.rulesAt(), unresolved(key));
            }));
        }

        /** The keys of what a correlation is over, resolved or still to be. */
        private List<String> references(CorrelationRule rule) {
            List<String> references = new ArrayList<>();
            for (String reference : rule.rules()) {
                String handle = handles.containsKey(reference) ? reference : reference.toLowerCase(Locale.ROOT);
                String key = handles.get(handle);
                if (key == null || ambiguous.contains(handle)) {
                    throw new RuleRefusedException(
                            rule.rulesAt(),
                            "rules: \"" + reference + "\" is "
                                    + (key == null ? "no loaded rule" : "the title or name of several rules")
                                    + " (expected: the id or the unique name of a rule that is loaded)");
                }
                if (!rules.containsKey(key) && !correlations.containsKey(key) && !pending.containsKey(key)) {
                    throw new RuleRefusedException(rule.rulesAt(), "rules: \"" + reference + "\" was refused itself");
                }
                references.add(key);
            }
            return List.copyOf(references);
        }

        /** Why a correlation waits for another one for ever. */
        private String unresolved(String key) {
            Set<String> path = new LinkedHashSet<>();
            String next = key;
            while (path.add(next) && path.size() <= MAX_LEVELS) {
                next = references(Objects.requireNonNull(pending.get(next))).stream()
                        .filter(pending::containsKey)
                        .findFirst()
                        .orElseThrow();
            }
            return path.size() > MAX_LEVELS
                    ? "correlations over correlations at more than " + MAX_LEVELS + " levels"
                    : "correlations refer to each other in a circle: " + String.join(" -> ", path) + " -> " + next;
        }

        /** One correlation without {@code generate} is enough to silence what it refers to. */
        private Set<String> silenced() {
            Set<String> silent = new LinkedHashSet<>();
            for (BoundCorrelation correlation : correlations.values()) {
                if (!correlation.rule().generate()) {
                    silent.addAll(correlation.references());
                }
            }
            return silent;
        }
    }
}
