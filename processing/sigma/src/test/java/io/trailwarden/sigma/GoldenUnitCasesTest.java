package io.trailwarden.sigma;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.trailwarden.sigma.match.RuleMatcher;
import io.trailwarden.sigma.rule.BoundRule;
import io.trailwarden.testing.SharedData;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Over 1,400 small rules with one event each; the answers come from another implementation. */
class GoldenUnitCasesTest {

    /** Disputed cases that docs/decisions/0040-sigma-semantics.md decides against the golden answer, by name. */
    private static final Map<String, String> DECIDED = Map.ofEntries(
            Map.entry("condition-identifiers/0584/00", "true"),
            Map.entry("condition-identifiers/0584/01", "false"),
            Map.entry("condition-identifiers/0584/02", "false"),
            Map.entry("condition-identifiers/0584/03", "false"),
            Map.entry("mod-base64offset/0299/02", "true"),
            Map.entry("mod-re/0147/00", "rule_error"),
            Map.entry("mod-re/0147/01", "rule_error"),
            Map.entry("mod-re/0147/02", "rule_error"),
            Map.entry("mod-re/0147/03", "rule_error"),
            Map.entry("mod-re/0147/04", "rule_error"),
            Map.entry("mod-utf16/0314/00", "true"),
            Map.entry("mod-utf16/0314/01", "false"),
            Map.entry("mod-utf16le/0315/00", "true"),
            Map.entry("mod-utf16le/0315/01", "false"),
            Map.entry("mod-utf16le/0316/00", "true"),
            Map.entry("mod-utf16le/0316/01", "false"),
            Map.entry("mod-utf16le/0316/02", "false"),
            Map.entry("mod-utf16le/0318/00", "true"),
            Map.entry("mod-utf16le/0318/01", "false"),
            Map.entry("number/0443/00", "true"),
            Map.entry("number/0443/01", "true"));

    @Test
    void every_undisputed_case_gives_the_golden_answer() {
        List<String> differences = new ArrayList<>();
        for (JsonNode golden : SharedData.jsonLines("golden/sigma/unit-cases.jsonl")) {
            if (!golden.path("disputed").asBoolean()) {
                String expected = golden.get("expected").asText();
                String actual = answer(golden);
                if (!actual.startsWith(expected)) {
                    differences.add(golden.get("name").asText() + ": expected " + expected + ", got " + actual + "\n"
                            + golden.get("rule_yaml").asText() + golden.get("event"));
                }
            }
        }
        assertThat(differences).isEmpty();
    }

    @Test
    void disputed_cases_give_the_golden_answer_except_where_a_decision_says_otherwise() {
        List<String> differences = new ArrayList<>();
        for (JsonNode golden : SharedData.jsonLines("golden/sigma/unit-cases.jsonl")) {
            if (golden.path("disputed").asBoolean()) {
                String expected = DECIDED.getOrDefault(
                        golden.get("name").asText(), golden.get("expected").asText());
                String actual = answer(golden);
                if (!actual.startsWith(expected)) {
                    differences.add(golden.get("name").asText() + " " + golden.get("event") + " -> " + actual);
                }
            }
        }
        assertThat(differences).isEmpty();
    }

    private static String answer(JsonNode golden) {
        RuleSet rules = RuleSet.parse("case.yml", golden.get("rule_yaml").asText());
        if (!rules.refused().isEmpty()) {
            return "rule_error " + rules.refused().get(0);
        }
        byte[] event = golden.get("event").toString().getBytes(StandardCharsets.UTF_8);
        JsonNode tree = ObviousEvaluator.parse(event);
        boolean matched = !RuleMatcher.of(rules.rules()).ids(event).isEmpty();
        for (BoundRule rule : rules.rules()) {
            boolean obvious = ObviousEvaluator.matches(rule.expression(), tree);
            if (obvious != RuleMatcher.of(List.of(rule)).ids(event).contains(rule.key())) {
                return "engine and obvious evaluator disagree, the latter says " + obvious;
            }
        }
        return String.valueOf(matched);
    }
}
