package io.trailwarden.workbench;

import io.trailwarden.sigma.RuleSet;
import io.trailwarden.sigma.match.RuleMatcher;
import io.trailwarden.sigma.rule.BoundRule;
import io.trailwarden.sigma.rule.RuleHeader;
import io.trailwarden.sigma.yaml.Position;
import io.trailwarden.sigma.yaml.RuleProblem;
import io.trailwarden.sigma.yaml.RuleRefusedException;
import io.trailwarden.sigma.yaml.YamlJson;
import io.trailwarden.sigma.yaml.YamlNode;
import io.trailwarden.sigma.yaml.YamlReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Tests of rules. They stand beside the rule, in a file {@code <rule>.test.yml} with {@code rule: <its id>} and a list
 * {@code tests:}, or in the rule, under its own key {@code tests:}.
 *
 * <p>A test has {@code match: true} or {@code match: false} and an {@code event}, for a correlation a list of {@code
 * events}; in short, the event stands under {@code match:} or {@code miss:}. Every rule wants at least one match and one
 * near miss, except those that only serve a correlation.
 */
public final class RuleTests {

    private static final Pattern RULE_FILE = Pattern.compile("\\.ya?ml$", Pattern.CASE_INSENSITIVE);

    private final RuleSet rules;
    private final List<Outcome> outcomes = new ArrayList<>();
    private final Map<String, int[]> seen = new HashMap<>();

    private RuleTests(RuleSet rules) {
        this.rules = rules;
    }

    /**
     * The outcome of one test.
     *
     * @param problem empty when the test passed
     */
    public record Outcome(String rule, Position at, String problem) {

        public boolean passed() {
            return problem.isEmpty();
        }
    }

    /**
     * Runs every test of the rules of a set.
     *
     * @param path what {@link RuleSet#load} read the rules from
     */
    public static List<Outcome> run(RuleSet rules, Path path) {
        RuleTests tests = new RuleTests(rules);
        Map<String, RuleHeader> headers = rules.headers();
        headers.forEach((key, header) -> tests.list(key, header.custom().get("tests")));
        Set<String> files = new HashSet<>();
        for (RuleHeader header : headers.values()) {
            if (files.add(header.at().file())) {
                tests.beside(header.at().file(), path);
            }
        }
        headers.forEach(tests::complete);
        return tests.outcomes;
    }

    private void beside(String ruleFile, Path path) {
        String name = RULE_FILE.matcher(ruleFile).replaceFirst(".test.yml");
        Path file = Files.isDirectory(path)
                ? path.resolve(name)
                : path.resolveSibling(Path.of(name).getFileName());
        if (name.equals(ruleFile) || !Files.isRegularFile(file)) {
            return;
        }
        try {
            for (YamlNode document : YamlReader.documents(name, Files.readString(file, StandardCharsets.UTF_8))) {
                YamlNode rule = document instanceof YamlNode.Mapping mapping ? mapping.get("rule") : null;
                if (rule instanceof YamlNode.Text text && rules.headers().containsKey(text.value())) {
                    list(text.value(), ((YamlNode.Mapping) document).get("tests"));
                } else {
                    failed(
                            "",
                            document.at(),
                            "rule: " + (rule == null ? "absent" : rule.written())
                                    + " (expected: the id of a rule that is loaded)");
                }
            }
        } catch (RuleRefusedException e) {
            failed("", e.problem().at(), e.problem().message());
        } catch (IOException e) {
            failed("", new Position(name, 1, 1), "cannot be read: " + e);
        }
    }

    private void list(String rule, @Nullable YamlNode tests) {
        if (tests == null) {
            return;
        }
        if (!(tests instanceof YamlNode.Sequence list)) {
            failed(rule, tests.at(), "tests: " + tests.written() + " (expected: a list)");
            return;
        }
        for (YamlNode item : list.items()) {
            try {
                test(rule, item);
            } catch (RuntimeException | StackOverflowError e) {
                RuleProblem problem = RuleProblem.unexpected(item.at(), e);
                failed(rule, problem.at(), problem.message());
            }
        }
    }

    private void test(String rule, YamlNode item) {
        YamlNode match = item instanceof YamlNode.Mapping mapping ? mapping.get("match") : null;
        YamlNode miss = item instanceof YamlNode.Mapping mapping ? mapping.get("miss") : null;
        YamlNode events = match == null ? miss : match;
        boolean expected = match != null;
        if (match instanceof YamlNode.Truth truth) {
            expected = truth.value();
            YamlNode one = ((YamlNode.Mapping) item).get("event");
            events = one == null ? ((YamlNode.Mapping) item).get("events") : one;
        }
        if (!(events instanceof YamlNode.Mapping) && !(events instanceof YamlNode.Sequence)) {
            failed(rule, item.at(), "no event (expected: match: true or false with event: or events:)");
            return;
        }
        YamlNode name = ((YamlNode.Mapping) item).get("name");
        String label = name instanceof YamlNode.Text text ? text.value() + ": " : "";
        List<byte[]> json = events instanceof YamlNode.Sequence several
                ? several.items().stream().map(RuleTests::bytes).toList()
                : List.of(bytes(events));
        seen.computeIfAbsent(rule, r -> new int[2])[expected ? 0 : 1]++;
        String actual = differs(rule, json, expected);
        outcomes.add(new Outcome(rule, events.at(), actual.isEmpty() ? "" : label + actual));
    }

    /** Empty when the rule does what is expected. */
    private String differs(String rule, List<byte[]> events, boolean expected) {
        BoundRule single = rules.rules().stream()
                .filter(r -> r.key().equals(rule))
                .findFirst()
                .orElse(null);
        if (single != null) {
            RuleMatcher matcher = RuleMatcher.of(List.of(single));
            for (byte[] event : events) {
                if (matcher.ids(event).isEmpty() == expected) {
                    return (expected ? "does not match" : "matches, though it should not") + ":\n"
                            + String.join("\n", Explanation.of(single, event).lines());
                }
            }
            return "";
        }
        RuleRun run = new RuleRun(rules.around(rule));
        for (int i = 0; i < events.size(); i++) {
            run.add("event " + i, events.get(i));
        }
        boolean fired =
                run.firings().stream().anyMatch(firing -> firing.correlation().equals(rule));
        return fired == expected
                ? ""
                : (expected ? "does not fire" : "fires, though it should not") + "; " + run.correlated() + " of "
                        + events.size() + " events take part";
    }

    private void complete(String rule, RuleHeader header) {
        int[] counts = seen.getOrDefault(rule, new int[2]);
        boolean serves = rules.silent().contains(rule) && counts[0] + counts[1] == 0;
        if (!serves && (counts[0] == 0 || counts[1] == 0)) {
            failed(
                    rule,
                    header.at(),
                    counts[0] + " matches and " + counts[1] + " misses under tests: (expected: at least one of each)");
        }
    }

    private void failed(String rule, Position at, String problem) {
        outcomes.add(new Outcome(rule, at, problem));
    }

    private static byte[] bytes(YamlNode node) {
        return YamlJson.of(node).toString().getBytes(StandardCharsets.UTF_8);
    }
}
