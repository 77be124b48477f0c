package io.trailwarden.sigma.parse;

import static org.assertj.core.api.Assertions.assertThat;

import io.trailwarden.event.Severity;
import io.trailwarden.sigma.RuleSet;
import io.trailwarden.sigma.rule.CorrelationRule;
import io.trailwarden.sigma.rule.RuleHeader;
import io.trailwarden.sigma.rule.SigmaDocument;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SigmaParserTest {

    private static final String RULE =
            """
            title: Root
            id: 929A690E-BEF0-4204-A928-EF5E620D6FCC
            status: test
            level: high
            author: Dana
            date: 2026/11/22
            tags: [attack.t1078.004, attack.initial-access]
            owner: {team: red}
            logsource: {product: aws, service: cloudtrail}
            detection:
              selection:
                userIdentity.type: Root
              condition: selection
            """;

    private static SigmaDocument parsed(String yaml) {
        List<ParseOutcome> outcomes = SigmaParser.parse("r.yml", yaml);
        assertThat(outcomes).singleElement().isInstanceOf(ParseOutcome.Parsed.class);
        return ((ParseOutcome.Parsed) outcomes.get(0)).document();
    }

    private static String refusal(String yaml) {
        RuleSet rules = RuleSet.parse("r.yml", yaml);
        assertThat(rules.refused()).hasSize(1);
        return rules.refused().get(0).toString();
    }

    @Test
    void the_header_is_read_and_unknown_keys_are_kept() {
        RuleHeader header = parsed(RULE).header();
        assertThat(header.key()).isEqualTo("929a690e-bef0-4204-a928-ef5e620d6fcc");
        assertThat(header.level()).isEqualTo(Severity.HIGH);
        assertThat(header.status()).isEqualTo(RuleHeader.Status.TEST);
        assertThat(header.date()).isEqualTo("2026-11-22");
        assertThat(header.techniques()).containsExactly("T1078.004");
        assertThat(header.custom()).containsOnlyKeys("owner");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "level: high|level: hgih|r.yml:4:8: level: \"hgih\" (expected: one of informational, low, medium, high, critical)",
                "status: test|status: old|r.yml:3:9: status: \"old\" (expected: one of stable, test, experimental, deprecated, unsupported)",
                "date: 2026/11/22|date: soon|r.yml:6:7: date: \"soon\" (expected: a date such as 2026-11-22)",
                "type: Root|type.contains: {a: b}|r.yml:12:33: userIdentity.type.contains: a map as a value (expected: text, number, boolean or null; nested fields are written a.b.c)",
                "condition: selection|condition: selection and|r.yml:13:14: condition: \"selection and\": at the end (expected: an identifier, `1 of`, `all of` or `(`)",
                "condition: selection|condition: other|r.yml:13:14: condition names other, which is not defined (expected: one of selection)",
            })
    void a_mistake_is_named_with_its_place_and_what_was_expected(String right, String wrong, String message) {
        assertThat(refusal(RULE.replace(right, wrong))).isEqualTo(message);
    }

    @Test
    void an_unknown_modifier_lists_the_known_ones() {
        assertThat(refusal(RULE.replace("userIdentity.type:", "userIdentity.type|conatins:")))
                .startsWith(
                        "r.yml:12:5: userIdentity.type|conatins: modifier \"conatins\" (expected: one of contains, ");
    }

    @Test
    void look_around_is_refused_when_the_rule_is_loaded() {
        assertThat(refusal(RULE.replace("userIdentity.type: Root", "userIdentity.type|re: '(?=R)Root'")))
                .contains("r.yml:12:27:", "look-around");
    }

    @Test
    void text_that_is_not_yaml_is_refused_and_what_came_before_is_kept() {
        List<ParseOutcome> outcomes = SigmaParser.parse("r.yml", RULE + "---\ntitle: [\n");
        assertThat(outcomes).hasSize(2);
        assertThat(outcomes.get(0)).isInstanceOf(ParseOutcome.Parsed.class);
        assertThat(((ParseOutcome.Refused) outcomes.get(1)).problem().toString())
                .contains("r.yml:", "not YAML");
    }

    @Test
    void nested_aliases_cannot_exhaust_memory() {
        StringBuilder bomb = new StringBuilder("a0: &a0 [x, x, x, x, x, x, x, x, x]\n");
        for (int i = 1; i < 12; i++) {
            bomb.append("a").append(i).append(": &a").append(i).append(" [");
            bomb.append(("*a" + (i - 1) + ", ").repeat(8))
                    .append("*a")
                    .append(i - 1)
                    .append("]\n");
        }
        assertThat(refusal(bomb.toString())).contains("more than 500000 YAML nodes");
    }

    @Test
    void a_character_beyond_the_basic_plane_may_stand_anywhere() {
        for (int i = 1000; i < 1040; i++) {
            String padded = "# " + "x".repeat(i) + "\ud83d\ude00\n" + RULE;
            assertThat(parsed(padded).header().title()).isEqualTo("Root");
        }
    }

    @Test
    void a_correlation_is_read() {
        CorrelationRule rule = (CorrelationRule)
                parsed(
                        """
                        title: Spray
                        correlation:
                          type: value_count
                          rules: [failed, 929a690e-bef0-4204-a928-ef5e620d6fcc]
                          group-by: ip
                          timespan: 90m
                          aliases: {ip: {failed: sourceIPAddress}}
                          condition: {field: user, gte: 5, lt: 50}
                          generate: true
                        """);
        assertThat(rule.type()).isEqualTo(CorrelationRule.Type.VALUE_COUNT);
        assertThat(rule.groupBy()).containsExactly("ip");
        assertThat(rule.timespan()).isEqualTo(Duration.ofMinutes(90));
        assertThat(rule.criterion().fields()).containsExactly("user");
        assertThat(rule.criterion().bounds()).hasSize(2);
        assertThat(rule.aliases().get("ip")).containsEntry("failed", "sourceIPAddress");
        assertThat(rule.generate()).isTrue();
    }

    @Test
    void correlations_in_a_circle_are_refused() {
        String circle =
                """
                title: A
                name: a
                correlation: {type: event_count, rules: [b], timespan: 5m, condition: {gte: 1}}
                ---
                title: B
                name: b
                correlation: {type: event_count, rules: [a], timespan: 5m, condition: {gte: 1}}
                """;
        assertThat(RuleSet.parse("r.yml", circle).correlations()).isEmpty();
        assertThat(RuleSet.parse("r.yml", circle).refused())
                .anySatisfy(problem -> assertThat(problem.message()).contains("circle: a -> b"));
    }

    @Test
    void an_id_is_used_once() {
        assertThat(refusal(RULE + "---\n" + RULE)).contains("is taken by an earlier rule");
    }
}
