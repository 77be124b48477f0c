package io.trailwarden.sigma;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.trailwarden.sigma.correlation.Correlations;
import io.trailwarden.sigma.match.RuleMatcher;
import io.trailwarden.sigma.rule.BoundRule;
import io.trailwarden.sigma.yaml.RuleProblem;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RuleSetTest {

    private static final String FINE = rule("Fine", "selection: {eventName: ListUsers}", "selection");

    private static String rule(String title, String searches, String condition) {
        return "title: " + title + "\nlogsource: {product: aws, service: cloudtrail}\ndetection:\n  " + searches
                + "\n  condition: " + condition + "\n";
    }

    private static String correlation(String name, String over) {
        return "title: " + name + "\nname: " + name + "\ncorrelation:\n  type: event_count\n  rules: [" + over
                + "]\n  timespan: 5m\n  condition: {gte: 1}\n";
    }

    @Test
    void every_kind_of_wrong_file_is_refused_alone_with_its_place(@TempDir Path folder) throws IOException {
        Map<String, String> wrong = new LinkedHashMap<>();
        wrong.put("a-syntax.yml", "title: [");
        wrong.put("b-modifier.yml", rule("B", "selection: {eventName|near: x}", "selection"));
        wrong.put("c-reference.yml", correlation("c", "nobody"));
        wrong.put("d-name.yml", rule("D", "selection: {eventName: x}", "other"));
        wrong.put(
                "e-depth.yml",
                rule("E", "selection: {eventName: x}", "(".repeat(9_000) + "selection" + ")".repeat(9_000)));
        wrong.put("f-nest.yml", "title: F\ndetection: " + "[".repeat(9_000) + "]".repeat(9_000));
        wrong.put("g-number.yml", correlation("g", "Fine").replace("5m", "999999999y"));
        for (Map.Entry<String, String> file : wrong.entrySet()) {
            Files.writeString(folder.resolve(file.getKey()), file.getValue());
        }
        Files.write(folder.resolve("h-latin.yml"), "title: \u00e9".getBytes(StandardCharsets.ISO_8859_1));
        Files.createSymbolicLink(folder.resolve("i-gone.yml"), folder.resolve("nothing"));
        Files.writeString(folder.resolve("z-fine.yml"), FINE);

        RuleSet rules = RuleSet.load(folder, Map.of());

        assertThat(rules.rules()).extracting(BoundRule::key).containsExactly("Fine");
        assertThat(rules.refused())
                .extracting(problem -> problem.at().file())
                .contains(
                        "a-syntax.yml",
                        "b-modifier.yml",
                        "c-reference.yml",
                        "d-name.yml",
                        "e-depth.yml",
                        "f-nest.yml",
                        "h-latin.yml")
                .doesNotContain("z-fine.yml");
        assertThat(Correlations.of(rules).families()).hasSizeLessThanOrEqualTo(1);
    }

    @Test
    void ten_thousand_filters_on_one_rule_are_no_deeper_than_one() {
        StringBuilder yaml = new StringBuilder(FINE);
        for (int i = 0; i < 10_000; i++) {
            yaml.append("---\ntitle: filter ")
                    .append(i)
                    .append("\nlogsource: {product: aws, service: cloudtrail}\n")
                    .append("filter: {rules: any, s: {awsRegion: r")
                    .append(i)
                    .append("}, condition: not s}\n");
        }

        RuleSet rules = RuleSet.parse("filters.yml", yaml.toString());

        assertThat(rules.refused()).isEmpty();
        RuleMatcher matcher = RuleMatcher.of(rules.rules());
        assertThat(matcher.ids(bytes("{'eventName':'ListUsers','awsRegion':'eu-west-1'}")))
                .containsExactly("Fine");
        assertThat(matcher.ids(bytes("{'eventName':'ListUsers','awsRegion':'r9999'}")))
                .isEmpty();
    }

    @Test
    void correlations_stacked_too_high_are_refused_and_those_below_run_whatever_their_order() {
        Map<String, String> upwards = new LinkedHashMap<>(Map.of("fine.yml", FINE));
        Map<String, String> downwards = new LinkedHashMap<>(upwards);
        for (int i = 1; i <= 2_000; i++) {
            upwards.put("c" + i, correlation("c" + i, i == 1 ? "Fine" : "c" + (i - 1)));
        }
        for (int i = 2_000; i >= 1; i--) {
            downwards.put("c" + i, upwards.get("c" + i));
        }

        for (Map<String, String> files : List.of(upwards, downwards)) {
            RuleSet rules = RuleSet.parse(files, Map.of());
            assertThat(rules.correlations()).hasSize(64);
            assertThat(rules.refused())
                    .extracting(problem -> problem.at().file())
                    .doesNotHaveDuplicates();
            assertThat(rules.refused()).hasSize(2_000 - 64);
            assertThat(Correlations.of(rules).refused()).isEmpty();
        }
    }

    @Test
    void a_correlation_that_goes_down_with_another_is_named_too() {
        RuleSet rules =
                RuleSet.parse(Map.of("a.yml", correlation("a", "b") + "---\n" + correlation("b", "nobody")), Map.of());

        assertThat(rules.refused())
                .extracting(problem -> problem.at().line(), RuleProblem::message)
                .containsExactly(
                        tuple(
                                13,
                                "rules: \"nobody\" is no loaded rule (expected: the id or the unique name of a rule that"
                                        + " is loaded)"),
                        tuple(5, "rules: \"b\" was refused itself"));
    }

    private static byte[] bytes(String json) {
        return json.replace('\'', '"').getBytes(StandardCharsets.UTF_8);
    }
}
