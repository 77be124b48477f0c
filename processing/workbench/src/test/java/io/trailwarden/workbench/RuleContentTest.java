package io.trailwarden.workbench;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.trailwarden.sigma.RuleSet;
import io.trailwarden.sigma.match.RuleMatcher;
import io.trailwarden.sigma.rule.BoundRule;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

/** Our own rules do what their tests say. */
class RuleContentTest {

    private static final Path RULES = Path.of("../../rules");
    private static final ObjectMapper JSON = new ObjectMapper();

    @Test
    void everyRuleLoads() throws IOException {
        RuleSet rules = RuleSet.load(RULES, Map.of());

        assertThat(rules.refused()).isEmpty();
        assertThat(rules.rules().size()).isGreaterThanOrEqualTo(120);
        assertThat(rules.correlations().size()).isGreaterThanOrEqualTo(15);
    }

    @TestFactory
    Stream<DynamicTest> singleEventRulesMatchWhatTheirTestsSay() throws IOException {
        RuleMatcher matcher = RuleMatcher.of(RuleSet.load(RULES, Map.of()).rules());
        List<DynamicTest> tests = new ArrayList<>();
        for (Path file : testFiles("cloudtrail")) {
            Map<?, ?> document = read(file);
            String rule = (String) document.get("rule");
            int matches = 0;
            int misses = 0;
            for (Object entry : (List<?>) document.get("tests")) {
                Map<?, ?> test = (Map<?, ?>) entry;
                boolean expected = (boolean) test.get("match");
                byte[] event = JSON.writeValueAsBytes(test.get("event"));
                tests.add(DynamicTest.dynamicTest(RULES.relativize(file) + ": " + test.get("name"), () -> assertThat(
                                matcher.ids(event).contains(rule))
                        .as("%s: %s", RULES.relativize(file), test.get("name"))
                        .isEqualTo(expected)));
                matches += expected ? 1 : 0;
                misses += expected ? 0 : 1;
            }
            int found = matches;
            int near = misses;
            tests.add(DynamicTest.dynamicTest(RULES.relativize(file) + ": a match and a near miss", () -> {
                assertThat(found).isPositive();
                assertThat(near).isPositive();
            }));
        }
        return tests.stream();
    }

    @Test
    void everyRuleHasTestsATechniqueFalsePositivesAndARunbook() throws IOException {
        for (BoundRule rule :
                RuleSet.load(RULES.resolve("cloudtrail"), Map.of()).rules()) {
            Path file = RULES.resolve("cloudtrail")
                    .resolve(rule.rule().header().at().file());
            Map<?, ?> document = read(file);

            assertThat(Path.of(file.toString().replace(".yml", ".test.yml"))).exists();
            assertThat((List<?>) document.get("tags")).as("%s", file).anySatisfy(tag -> assertThat((String) tag)
                    .matches("attack\\.t\\d{4}(\\.\\d{3})?"));
            assertThat((List<?>) document.get("falsepositives")).as("%s", file).isNotEmpty();
            assertThat((List<?>) document.get("runbook")).as("%s", file).hasSizeGreaterThanOrEqualTo(2);
        }
    }

    private static List<Path> testFiles(String folder) throws IOException {
        try (Stream<Path> walk = Files.walk(RULES.resolve(folder))) {
            return walk.filter(path -> path.toString().endsWith(".test.yml"))
                    .sorted()
                    .toList();
        }
    }

    private static Map<?, ?> read(Path file) throws IOException {
        return (Map<?, ?>)
                new Load(LoadSettings.builder().setLabel(file.toString()).build())
                        .loadFromString(Files.readString(file));
    }
}
