package io.trailwarden.workbench;

import static org.assertj.core.api.Assertions.assertThat;

import io.trailwarden.sigma.RuleSet;
import io.trailwarden.sigma.match.RuleMatcher;
import io.trailwarden.sigma.rule.Logsource;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** EventBridge patterns as rules, beside Sigma in the same set. */
class EventPatternsTest {

    private static final String STOPPED =
            """
            title: Trail stopped
            name: stopped
            level: high
            pattern: |
              {"source": ["aws.cloudtrail"], "detail-type": ["AWS API Call via CloudTrail"],
               "detail": {"eventName": ["StopLogging", "DeleteTrail"], "errorCode": [{"exists": false}]}}
            """;

    private static byte[] record(String name, String more) {
        return ("{\"eventID\":\"e1\",\"eventType\":\"AwsApiCall\",\"eventSource\":\"cloudtrail.amazonaws.com\",\"eventName\":\""
                        + name + "\",\"recipientAccountId\":\"111122223333\"" + more + "}")
                .getBytes(StandardCharsets.UTF_8);
    }

    private static List<String> matching(String yaml, byte[] record) {
        RuleSet rules = RuleSet.parse("rule.yml", yaml);
        assertThat(rules.refused()).isEmpty();
        return RuleMatcher.of(rules.rules()).ids(record);
    }

    @Test
    void a_pattern_matches_the_event_that_eventbridge_makes_of_a_record() {
        assertThat(matching(STOPPED, record("StopLogging", ""))).containsExactly("stopped");
        assertThat(matching(STOPPED, record("StopLogging", ",\"errorCode\":\"AccessDenied\"")))
                .isEmpty();
        assertThat(matching(STOPPED, record("stoplogging", ""))).isEmpty();
        assertThat(matching(STOPPED, record("StartLogging", ""))).isEmpty();
        assertThat(matching(STOPPED.replace("API Call", "Console Sign In"), record("StopLogging", "")))
                .isEmpty();
    }

    @Test
    void it_can_be_written_in_yaml_and_stands_beside_sigma_in_one_set() {
        String yaml =
                """
                title: A bucket of ours, by two tests of one member
                name: pattern
                pattern:
                  account: ['111122223333']
                  detail: {resources: {type: [bucket], ARN: [{prefix: 'arn:ours'}]}}
                ---
                title: The same in Sigma, where any member will do
                name: sigma
                logsource: {product: aws, service: cloudtrail}
                detection:
                  selection: {resources.type: bucket, resources.ARN|startswith: 'arn:ours'}
                  condition: selection
                """;
        byte[] one = record("GetObject", ",\"resources\":[{\"type\":\"bucket\",\"ARN\":\"arn:ours:1\"}]");
        byte[] two = record(
                "GetObject",
                ",\"resources\":[{\"type\":\"bucket\",\"ARN\":\"arn:theirs\"},{\"type\":\"key\",\"ARN\":\"arn:ours:1\"}]");
        assertThat(matching(yaml, one)).containsExactly("pattern", "sigma");
        assertThat(matching(yaml, two)).containsExactly("sigma");
    }

    @Test
    void correlations_count_what_patterns_match() {
        RuleSet rules = RuleSet.parse(
                "rule.yml",
                STOPPED
                        + """
                        ---
                        title: Twice
                        name: twice
                        correlation: {type: event_count, rules: [stopped], group-by: [recipientAccountId], timespan: 5m, condition: {gte: 2}}
                        """);
        RuleRun run = new RuleRun(rules);
        run.add("1", record("StopLogging", ",\"eventTime\":\"2026-11-22T12:00:00Z\",\"eventId\":\"a\""));
        run.add("2", record("DeleteTrail", ",\"eventTime\":\"2026-11-22T12:01:00Z\",\"eventId\":\"b\""));
        assertThat(run.firings()).hasSize(1);
        assertThat(rules.routedTo(Logsource.CLOUDTRAIL).rules()).hasSize(1);
        assertThat(rules.routedTo(Logsource.EXECUTIONS).rules()).isEmpty();
    }

    @Test
    void what_eventbridge_would_refuse_is_refused_with_its_place() {
        Map<String, String> wrong = Map.of(
                "{\"eventName\": [\"StopLogging\"]}",
                "EventBridge events have no eventName (expected: source, detail-type, account, region or detail",
                "{\"detail\": {\"eventName\": \"StopLogging\"}}",
                "rule.yml:2:10: pattern: ",
                "{\"detail\": {\"eventName\": [{\"sounds-like\": \"x\"}]}}",
                "rule.yml:2:10: pattern: ",
                "{\"detail\": ",
                "pattern: not JSON: ",
                "{\"detail\": {\"userAgent\": [{\"wildcard\": \"" + "*a".repeat(33) + "\"}]}}",
                "pattern: 33 wildcards (expected: at most 32)");
        wrong.forEach(
                (pattern, message) -> assertThat(RuleSet.parse("rule.yml", "title: T\npattern: '" + pattern + "'\n")
                                .refused())
                        .singleElement()
                        .asString()
                        .contains(message));
    }

    @Test
    void explain_and_check_know_patterns() {
        RuleSet rules = RuleSet.parse("rule.yml", STOPPED + "id: 583295b6-0000-4000-8000-000000000001\n");
        assertThat(Explanation.of(rules.rules().get(0), record("StopLogging", ""))
                        .lines())
                .anyMatch(line -> line.contains("+ pattern"));
        assertThat(RuleCheck.doubts(rules)).isEmpty();
    }

    @Test
    void a_key_with_dots_is_found_by_a_pattern_as_by_a_field() {
        String yaml =
                """
                title: A cluster, by pattern
                name: pattern
                pattern:
                  detail: {requestParameters: {tags: {kubernetes.io/cluster: [owned]}}}
                ---
                title: A cluster, by field
                name: sigma
                logsource: {product: aws, service: cloudtrail}
                detection:
                  s: {requestParameters.tags.kubernetes.io/cluster: owned}
                  condition: s
                """;

        assertThat(matching(
                        yaml, record("Tag", ",\"requestParameters\":{\"tags\":{\"kubernetes.io/cluster\":\"owned\"}}")))
                .containsExactly("pattern", "sigma");
        assertThat(matching(
                        yaml,
                        record("Tag", ",\"requestParameters\":{\"tags\":{\"kubernetes\":{\"io/cluster\":\"owned\"}}}")))
                .containsExactly("pattern", "sigma");
        assertThat(matching(yaml, record("Tag", ",\"requestParameters\":{\"tags\":{\"kubernetes\":\"owned\"}}")))
                .isEmpty();
    }
}
