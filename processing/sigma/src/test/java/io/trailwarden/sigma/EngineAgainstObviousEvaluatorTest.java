package io.trailwarden.sigma;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.trailwarden.sigma.match.MalformedEventException;
import io.trailwarden.sigma.match.RuleMatcher;
import io.trailwarden.sigma.rule.BoundRule;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/**
 * Random rules over random events: the engine must say what the obvious evaluator says, and bear anything.
 *
 * <p>{@code -Dsigma.fuzz=N} makes it N times as long.
 */
class EngineAgainstObviousEvaluatorTest {

    private static final int TIMES = Integer.getInteger("sigma.fuzz", 1);

    @Test
    void the_engine_agrees_with_the_obvious_evaluator() {
        int decisions = 0;
        int matches = 0;
        for (int round = 0; round < 30 * TIMES; round++) {
            RandomRules random = new RandomRules(round);
            RuleSet rules = rules(random, 40);
            RuleMatcher matcher = RuleMatcher.of(rules.rules());
            for (int e = 0; e < 60; e++) {
                String event = random.written(random.event());
                JsonNode tree = ObviousEvaluator.parse(event.getBytes(StandardCharsets.UTF_8));
                TreeSet<String> expected = rules.rules().stream()
                        .filter(rule -> ObviousEvaluator.matches(rule.expression(), tree))
                        .map(BoundRule::key)
                        .collect(Collectors.toCollection(TreeSet::new));
                TreeSet<String> actual = new TreeSet<>(matcher.ids(event.getBytes(StandardCharsets.UTF_8)));
                decisions += rules.rules().size();
                matches += expected.size();
                if (!actual.equals(expected)) {
                    TreeSet<String> differ = new TreeSet<>(expected);
                    differ.removeAll(actual);
                    TreeSet<String> surplus = new TreeSet<>(actual);
                    surplus.removeAll(expected);
                    differ.addAll(surplus);
                    assertThat(actual)
                            .describedAs(
                                    "round %d, event %s, rules %s",
                                    round,
                                    event,
                                    rules.rules().stream()
                                            .filter(rule -> differ.contains(rule.key()))
                                            .map(rule -> rule.key() + ": " + rule.expression())
                                            .toList())
                            .isEqualTo(expected);
                }
            }
        }
        assertThat(decisions).isGreaterThan(30 * 60 * 20 * TIMES);
        assertThat(matches).isGreaterThan(decisions / 50);
    }

    @Test
    void a_rule_alone_matches_as_it_does_among_others() {
        for (int round = 1_000; round < 1_000 + 10 * TIMES; round++) {
            RandomRules random = new RandomRules(round);
            RuleSet rules = rules(random, 25);
            RuleMatcher together = RuleMatcher.of(rules.rules());
            List<RuleMatcher> alone = rules.rules().stream()
                    .map(rule -> RuleMatcher.of(List.of(rule)))
                    .toList();
            for (int e = 0; e < 40; e++) {
                byte[] event = random.written(random.event()).getBytes(StandardCharsets.UTF_8);
                List<String> expected = alone.stream()
                        .flatMap(matcher -> matcher.ids(event).stream())
                        .toList();
                assertThat(together.ids(event)).isEqualTo(expected);
            }
        }
    }

    @Test
    void damaged_events_are_refused_or_read_but_nothing_else_happens() {
        Random damage = new Random(11);
        RandomRules random = new RandomRules(11);
        RuleMatcher matcher = RuleMatcher.of(rules(random, 60).rules());
        byte[] probe = "{\"a\":\"foo\",\"b\":[\"x\",{\"c\":5}]}".getBytes(StandardCharsets.UTF_8);
        List<String> before = matcher.ids(probe);
        int refused = 0;
        for (int i = 0; i < 40_000 * TIMES; i++) {
            byte[] event = random.written(random.event()).getBytes(StandardCharsets.UTF_8);
            for (int n = 1 + damage.nextInt(3); n > 0; n--) {
                event[damage.nextInt(event.length)] = (byte) damage.nextInt(256);
            }
            if (damage.nextInt(4) == 0) {
                event = java.util.Arrays.copyOf(event, damage.nextInt(event.length));
            }
            try {
                matcher.ids(event);
            } catch (MalformedEventException e) {
                refused++;
                assertThat(e.offset()).isBetween(0, event.length);
            }
        }
        assertThat(refused).isPositive();
        assertThat(matcher.ids(probe)).isEqualTo(before);
    }

    @Test
    void damaged_rule_files_are_refused_or_read_but_nothing_else_happens() {
        Random damage = new Random(12);
        RandomRules random = new RandomRules(12);
        String alphabet = "abc:|*?'\"{}[]&!-#>\n\t \\%\u00e9\ud83d\ude00\u0000";
        int refused = 0;
        for (int i = 0; i < 3_000 * TIMES; i++) {
            StringBuilder yaml = new StringBuilder(random.rule(i));
            for (int n = 1 + damage.nextInt(4); n > 0; n--) {
                int at = damage.nextInt(yaml.length());
                if (damage.nextBoolean()) {
                    yaml.setCharAt(at, alphabet.charAt(damage.nextInt(alphabet.length())));
                } else {
                    yaml.deleteCharAt(at);
                }
            }
            RuleSet rules = RuleSet.parse("damaged.yml", yaml.toString());
            refused += rules.refused().size();
            RuleMatcher.of(rules.rules()).ids("{\"a\":\"foo\"}".getBytes(StandardCharsets.UTF_8));
        }
        assertThat(refused).isPositive();
    }

    private static RuleSet rules(RandomRules random, int count) {
        Map<String, String> files = new LinkedHashMap<>();
        for (int r = 0; r < count; r++) {
            files.put("r" + r + ".yml", random.rule(r));
        }
        RuleSet rules = RuleSet.parse(files, Map.of());
        assertThat(rules.rules()).describedAs("%s", rules.refused()).hasSizeGreaterThan(count * 3 / 5);
        return rules;
    }
}
