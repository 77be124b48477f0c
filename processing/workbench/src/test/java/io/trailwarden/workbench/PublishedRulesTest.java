package io.trailwarden.workbench;

import static org.assertj.core.api.Assertions.assertThat;

import io.trailwarden.event.Sighting;
import io.trailwarden.sigma.RuleSet;
import io.trailwarden.sigma.rule.Logsource;
import io.trailwarden.sigma.yaml.RuleProblem;
import io.trailwarden.testing.SharedData;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class PublishedRulesTest {

    @Test
    void legacy_aggregations_and_open_placeholders_are_refused_with_the_way_out() throws IOException {
        RuleSet rules = RuleSet.load(SharedData.path("sigma/sigmahq-unsupported"), Map.of());
        Map<String, String> messages =
                rules.refused().stream().collect(Collectors.toMap(p -> p.at().file(), RuleProblem::message));
        assertThat(messages.keySet())
                .containsExactlyInAnyOrder(
                        "aws_cloudtrail_console_login_success_from_susp_locations.yml",
                        "aws_ec2_download_userdata.yml",
                        "aws_enum_backup.yml",
                        "aws_enum_listing.yml",
                        "aws_enum_network.yml",
                        "aws_enum_storage.yml",
                        "aws_lambda_function_created_or_invoked.yml",
                        "aws_macic_evasion.yml");
        assertThat(messages.get("aws_cloudtrail_console_login_success_from_susp_locations.yml"))
                .contains("placeholder %Legitimate_Countries% has no value");
        messages.remove("aws_cloudtrail_console_login_success_from_susp_locations.yml");
        assertThat(messages.values())
                .allSatisfy(message -> assertThat(message).contains("left Sigma with version 2", "`correlation:`"));
    }

    @Test
    void a_refusal_names_file_line_and_column() throws IOException {
        RuleSet rules = RuleSet.load(SharedData.path("sigma/sigmahq-unsupported"), Map.of());
        assertThat(rules.refused().stream().map(RuleProblem::toString))
                .anyMatch(text -> text.startsWith("aws_enum_backup.yml:30:16: condition: \"selection | count() > 5\""));
    }

    @Test
    void a_rule_that_only_has_a_leftover_timeframe_is_loaded() throws IOException {
        RuleSet rules = RuleSet.load(SharedData.path("sigma/sigmahq-unsupported"), Map.of());
        assertThat(rules.rules()).singleElement().satisfies(rule -> assertThat(
                        rule.rule().header().title())
                .isEqualTo("Potential AWS Cloud Email Service Abuse"));
    }

    @Test
    void placeholders_with_values_are_expanded() throws IOException {
        RuleSet rules = RuleSet.load(
                SharedData.path(
                        "sigma/sigmahq-unsupported/aws_cloudtrail_console_login_success_from_susp_locations.yml"),
                Map.of("Legitimate_Countries", List.of("NO", "SE"), "Legitimate_IP_Ranges", List.of("10.0.0.1")));
        assertThat(rules.refused()).isEmpty();
        assertThat(rules.rules()).hasSize(1);
    }

    @Test
    void every_suzaku_sample_is_loaded_with_its_correlations() throws IOException {
        RuleSet rules = RuleSet.load(SharedData.path("sigma/suzaku"), Map.of());
        assertThat(rules.refused()).isEmpty();
        assertThat(rules.correlations()).hasSize(2);
        assertThat(rules.rules()).hasSize(66 + 3);
        assertThat(rules.routedTo(Logsource.CLOUDTRAIL).rules()).hasSize(69);
    }

    @Test
    void the_suzaku_correlations_fire() throws IOException {
        RuleRun run = new RuleRun(RuleSet.load(SharedData.path("sigma/suzaku"), Map.of()));
        add(run, "e1", "12:00:00", "iam.amazonaws.com", "CreateUser", "");
        add(run, "e2", "12:05:00", "iam.amazonaws.com", "CreateAccessKey", "");
        for (int i = 0; i < 3; i++) {
            String failed =
                    ",\"errorMessage\":\"Failed authentication\",\"responseElements\":{\"ConsoleLogin\":\"Failure\"}";
            add(run, "f" + i, "12:0" + i + ":30", "signin.amazonaws.com", "ConsoleLogin", failed);
        }
        // The key first and then the user is another story.
        add(run, "g1", "14:00:00", "iam.amazonaws.com", "CreateAccessKey", "");
        add(run, "g2", "14:01:00", "iam.amazonaws.com", "CreateUser", "");

        assertThat(run.firings())
                .extracting(firing -> firing.correlation() + " "
                        + firing.evidence().stream().map(Sighting::eventId).toList())
                .containsExactlyInAnyOrder(
                        "8e0f2a4b-6c7d-9e1f-3a5b-7c8d9e0f1a2b [e1, e2]",
                        "68f8de62-97cd-4a9a-afba-7804fddf43d4 [f0, f1, f2]");
    }

    private static void add(RuleRun run, String id, String time, String source, String name, String more) {
        String json =
                "{\"eventID\":\"" + id + "\",\"eventTime\":\"2026-11-22T" + time + "Z\",\"eventSource\":\"" + source
                        + "\",\"eventName\":\"" + name + "\",\"sourceIPAddress\":\"192.0.2.1\","
                        + "\"userIdentity\":{\"accessKeyId\":\"AKIAEXAMPLE\"}" + more + "}";
        run.add(id, json.getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void every_SigmaHQ_cloudtrail_rule_is_loaded() throws IOException {
        RuleSet rules = RuleSet.load(SharedData.path("sigma/sigmahq"), Map.of());
        assertThat(rules.refused()).isEmpty();
        assertThat(rules.rules()).hasSize(57);
    }
}
