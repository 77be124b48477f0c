package io.trailwarden.detection.rules;

import static org.assertj.core.api.Assertions.assertThat;

import io.trailwarden.detection.Findings;
import io.trailwarden.detection.reference.Reference;
import io.trailwarden.event.CloudTrailEvent;
import io.trailwarden.event.Finding;
import io.trailwarden.event.Origin;
import io.trailwarden.event.ReferenceEntry;
import io.trailwarden.event.Severity;
import io.trailwarden.event.codec.CloudTrailCodec;
import io.trailwarden.event.codec.Decoded;
import io.trailwarden.sigma.rule.BoundRule;
import io.trailwarden.sigma.rule.Logsource;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class RuleDetectorTest {

    private static final String RULE =
            """
            title: Trail stopped
            id: 929a690e-bef0-4204-a928-ef5e620d6fcc
            level: high
            author: Dana
            tags: [attack.t1562.008]
            runbook: [Start the trail again.]
            logsource: {product: aws, service: cloudtrail}
            detection:
              selection: {eventSource: cloudtrail.amazonaws.com, eventName: StopLogging}
              condition: selection
            """;

    private final List<Finding> found = new ArrayList<>();
    private final Findings out = new Findings(InstantSource.fixed(Instant.EPOCH), List::of, found::add);
    private final RuleDetector detector = new RuleDetector();

    private static CloudTrailEvent stopLogging() {
        String json = "{\"eventVersion\":\"1.11\",\"eventID\":\"e1\",\"eventTime\":\"2026-11-22T12:00:00Z\","
                + "\"eventSource\":\"cloudtrail.amazonaws.com\",\"eventName\":\"StopLogging\",\"awsRegion\":\"eu-north-1\","
                + "\"sourceIPAddress\":\"192.0.2.1\",\"recipientAccountId\":\"111122223333\",\"userIdentity\":{\"type\":"
                + "\"IAMUser\",\"arn\":\"arn:aws:iam::111122223333:user/dana\",\"accountId\":\"111122223333\"}}";
        Decoded<CloudTrailEvent> decoded = new CloudTrailCodec()
                .decode(json.getBytes(StandardCharsets.UTF_8), new Origin("test", "object", 0, "sha", Instant.EPOCH));
        return ((Decoded.Read<CloudTrailEvent>) decoded).value();
    }

    private static Reference with(String yaml, boolean enabled) {
        return Reference.EMPTY.with(LoadedRules.entry("rule.yml", yaml, enabled, Instant.EPOCH));
    }

    @Test
    void a_match_is_a_finding_that_names_the_author() {
        detector.inspect(stopLogging(), with(RULE, true), out);
        assertThat(found).singleElement().satisfies(finding -> {
            assertThat(finding.detection().name()).isEqualTo("929a690e-bef0-4204-a928-ef5e620d6fcc");
            assertThat(finding.words().title()).isEqualTo("Trail stopped");
            assertThat(finding.detection().author()).isEqualTo("Dana");
            assertThat(finding.detection().severity()).isEqualTo(Severity.HIGH);
            assertThat(finding.subject().account()).isEqualTo("111122223333");
            assertThat(finding.evidence().eventIds()).containsExactly("e1");
            assertThat(finding.detection().techniques()).containsExactly("T1562.008");
            assertThat(finding.words().nextSteps()).containsExactly("Start the trail again.");
            assertThat(finding.words().facts()).containsEntry("source address", "192.0.2.1");
        });
    }

    @Test
    void the_same_event_gives_the_same_finding() {
        detector.inspect(stopLogging(), with(RULE, true), out);
        new RuleDetector().inspect(stopLogging(), with(RULE, true), out);
        assertThat(found.get(0).id()).isEqualTo(found.get(1).id());
    }

    @Test
    void rules_change_while_it_runs() {
        detector.inspect(stopLogging(), Reference.EMPTY, out);
        assertThat(found).isEmpty();
        detector.inspect(stopLogging(), with(RULE, true), out);
        assertThat(found).hasSize(1);
        detector.inspect(stopLogging(), with(RULE.replace("StopLogging", "StartLogging"), true), out);
        detector.inspect(stopLogging(), with(RULE, false), out);
        assertThat(found).hasSize(1);
    }

    @Test
    void a_rule_for_another_log_is_not_tried() {
        detector.inspect(stopLogging(), with(RULE.replace("service: cloudtrail", "service: vpcflow"), true), out);
        assertThat(found).isEmpty();
    }

    @Test
    void a_refused_rule_says_why_and_stops_no_other() {
        Reference reference = with(RULE, true).with(LoadedRules.entry("bad.yml", "title: x\n", true, Instant.EPOCH));
        LoadedRules rules = LoadedRules.of(reference, null);
        assertThat(rules.status())
                .extracting(RuleStatus::toString)
                .anyMatch(line -> line.equals("rule.yml:1:1: loaded 929a690e-bef0-4204-a928-ef5e620d6fcc"))
                .anyMatch(line -> line.startsWith("bad.yml:1:1: failed: "));
        detector.inspect(stopLogging(), reference, out);
        assertThat(found).hasSize(1);
    }

    @Test
    void other_reference_data_does_not_compile_the_rules_again() {
        LoadedRules before = LoadedRules.of(with(RULE, true), null);
        LoadedRules after = LoadedRules.of(with(RULE, true), before);
        assertThat(after.ruleSet()).isSameAs(before.ruleSet());
    }

    @Test
    void rules_are_compiled_once_for_all_and_a_record_is_matched_once_for_findings_and_correlations() {
        Reference reference = with(RULE.replace("eventName: StopLogging", "'|contains': [Stop, Logging]"), true);
        LoadedRules rules = LoadedRules.of(reference);
        CloudTrailEvent event = stopLogging();

        List<BoundRule> matched = rules.matched(event.raw(), Logsource.CLOUDTRAIL);

        assertThat(matched).hasSize(1);
        assertThat(LoadedRules.of(reference)).isSameAs(rules);
        assertThat(rules.matched(event.raw(), Logsource.CLOUDTRAIL)).isSameAs(matched);
        assertThat(rules.matched(event.raw(), Logsource.EXECUTIONS)).isEmpty();
        assertThat(rules.matched(event.raw().clone(), Logsource.CLOUDTRAIL)).isEqualTo(matched);

        LoadedRules later = LoadedRules.of(reference
                .with(new ReferenceEntry(ReferenceEntry.Kind.ACCOUNT, "111122223333", "{}", Instant.EPOCH))
                .with(new ReferenceEntry(ReferenceEntry.Kind.ACCOUNT, "222233334444", "{}", Instant.EPOCH)));
        assertThat(later).isNotSameAs(rules);
        assertThat(later.ruleSet()).isSameAs(rules.ruleSet());
    }

    @Test
    void every_rule_is_loaded_staged_disabled_or_failed_and_people_see_how_many() {
        Reference reference = with(RULE, true)
                .with(LoadedRules.entry("bad.yml", "title: x\n", true, Instant.EPOCH))
                .with(LoadedRules.entry("off.yml", RULE, false, Instant.EPOCH))
                .with(LoadedRules.entry(
                        "new.yml",
                        RULE.replace("929a", "a29a") + "staging: true\nname: trail_stopped_too\n",
                        true,
                        Instant.EPOCH));

        assertThat(LoadedRules.of(reference, null).status())
                .extracting(status -> status.file() + " " + status.state())
                .containsExactly("bad.yml FAILED", "new.yml STAGED", "off.yml DISABLED", "rule.yml LOADED");

        detector.inspect(stopLogging(), reference, out);
        detector.inspect(stopLogging(), reference, out);
        assertThat(found)
                .extracting((Finding finding) -> finding.detection().name())
                .containsOnly("929a690e-bef0-4204-a928-ef5e620d6fcc")
                .hasSize(2);
        assertThat(detector.numbers(reference))
                .containsOnly(
                        Map.entry("rules.failed", 1L),
                        Map.entry("rules.staged", 1L),
                        Map.entry("rules.disabled", 1L),
                        Map.entry("rules.loaded", 1L),
                        Map.entry("staged.trail_stopped_too", 2L));
    }

    @Test
    void a_promoted_rule_reports() {
        String staged = RULE + "staging: true\n";
        detector.inspect(stopLogging(), with(staged, true), out);
        assertThat(found).isEmpty();
        assertThat(detector.numbers(with(staged, true)))
                .containsEntry("staged.929a690e-bef0-4204-a928-ef5e620d6fcc", 1L);
        detector.inspect(stopLogging(), with(RULE, true), out);
        assertThat(found).hasSize(1);
        assertThat(detector.numbers(with(RULE, true))).containsOnlyKeys("rules.loaded");
    }

    @Test
    void a_rule_that_floods_is_muted_for_the_hour_and_one_finding_says_so() {
        Reference reference = with(RULE, true);
        for (int i = 0; i < FloodGuard.LIMIT + 500; i++) {
            detector.inspect(stopLogging(), reference, out);
        }

        assertThat(found).hasSize(FloodGuard.LIMIT + 1);
        assertThat(found.get(FloodGuard.LIMIT)).satisfies(flood -> {
            assertThat(flood.detection().name()).isEqualTo("rule-flood");
            assertThat(flood.subject().name()).isEqualTo("929a690e-bef0-4204-a928-ef5e620d6fcc");
            assertThat(flood.words().title())
                    .isEqualTo("Rule 929a690e-bef0-4204-a928-ef5e620d6fcc floods and is muted for an hour");
            assertThat(flood.evidence().first()).isEqualTo("2026-11-22T12:00:00Z");
        });
        assertThat(detector.numbers(reference)).containsEntry("muted.929a690e-bef0-4204-a928-ef5e620d6fcc", 500L);
        RuleDetector other = new RuleDetector();
        List<Finding> again = new ArrayList<>(found);
        found.clear();
        for (int i = 0; i <= FloodGuard.LIMIT; i++) {
            other.inspect(stopLogging(), reference, out);
        }
        assertThat(found.get(FloodGuard.LIMIT).id())
                .isEqualTo(again.get(FloodGuard.LIMIT).id());
    }
}
