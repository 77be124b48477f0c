package io.trailwarden.detection.sigma;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.trailwarden.detection.sigma.match.RuleMatcher;
import io.trailwarden.detection.sigma.rule.BoundRule;
import io.trailwarden.detection.sigma.rule.Position;
import io.trailwarden.detection.sigma.rule.YamlNode;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * Tests that stand beside a rule, under its key {@code tests}: a list of entries, each with an event under {@code match}
 * or {@code miss}. A rule wants at least one of each.
 */
public final class RuleTests {

    private RuleTests() {}

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

    /** Runs the tests of one rule; a rule without a match and a near miss has a failed outcome that says so. */
    public static List<Outcome> run(BoundRule rule) {
        List<Outcome> outcomes = new ArrayList<>();
        RuleMatcher matcher = RuleMatcher.of(List.of(rule));
        int matches = 0;
        int misses = 0;
        YamlNode tests = rule.rule().header().custom().get("tests");
        if (tests instanceof YamlNode.Sequence list) {
            for (YamlNode item : list.items()) {
                YamlNode match = item instanceof YamlNode.Mapping mapping ? mapping.get("match") : null;
                YamlNode miss = item instanceof YamlNode.Mapping mapping ? mapping.get("miss") : null;
                YamlNode event = match != null ? match : miss;
                if (!(event instanceof YamlNode.Mapping)) {
                    outcomes.add(new Outcome(
                            rule.key(),
                            item.at(),
                            "a test of neither match: nor miss: (expected: an event under one)"));
                    continue;
                }
                byte[] json = json(event).toString().getBytes(StandardCharsets.UTF_8);
                boolean matched = !matcher.ids(json).isEmpty();
                boolean expected = match != null;
                matches += expected ? 1 : 0;
                misses += expected ? 0 : 1;
                String problem = matched == expected
                        ? ""
                        : (expected ? "does not match" : "matches, though it should not") + ":\n"
                                + String.join("\n", Explanation.of(rule, json).lines());
                outcomes.add(new Outcome(rule.key(), event.at(), problem));
            }
        }
        if (matches == 0 || misses == 0) {
            outcomes.add(new Outcome(
                    rule.key(),
                    rule.rule().header().at(),
                    matches + " matches and " + misses + " misses under tests: (expected: at least one of each)"));
        }
        return outcomes;
    }

    /** An event written in YAML, as JSON. */
    static JsonNode json(YamlNode node) {
        JsonNodeFactory factory = JsonNodeFactory.instance;
        if (node instanceof YamlNode.Mapping mapping) {
            ObjectNode object = factory.objectNode();
            mapping.entries().forEach(entry -> object.set(entry.key(), json(entry.value())));
            return object;
        }
        if (node instanceof YamlNode.Sequence list) {
            ArrayNode array = factory.arrayNode();
            list.items().forEach(item -> array.add(json(item)));
            return array;
        }
        if (node instanceof YamlNode.Text text) {
            return factory.textNode(text.value());
        }
        if (node instanceof YamlNode.Numeric number) {
            return factory.numberNode(number.value());
        }
        if (node instanceof YamlNode.Truth truth) {
            return factory.booleanNode(truth.value());
        }
        return node instanceof YamlNode.Moment moment ? factory.textNode(moment.value()) : factory.nullNode();
    }
}
