package io.trailwarden.detection.rules;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.trailwarden.detection.Findings;
import io.trailwarden.detection.Signal;
import io.trailwarden.detection.reference.Reference;
import io.trailwarden.event.Finding;
import io.trailwarden.event.Sighting;
import io.trailwarden.sigma.RuleSet;
import io.trailwarden.sigma.correlation.CorrelatedEvent;
import io.trailwarden.sigma.correlation.Correlations;
import io.trailwarden.sigma.correlation.Family;
import io.trailwarden.sigma.correlation.Firing;
import io.trailwarden.sigma.match.FieldReader;
import io.trailwarden.sigma.match.RuleMatcher;
import io.trailwarden.testing.SharedData;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** 259 streams with correlations; the expected firings come from another implementation. */
class GoldenCorrelationsTest {

    private static final String GOLDEN = "golden/sigma/correlation-cases.jsonl";

    @Test
    void every_case_fires_as_the_golden_answer_says() {
        List<String> differences = new ArrayList<>();
        for (JsonNode golden : SharedData.jsonLines(GOLDEN)) {
            String expected = golden.has("expected_firings")
                    ? expected(golden).toString()
                    : golden.get("expected").asText();
            RuleSet rules = RuleSet.parse("case.yml", golden.get("rules_yaml").asText());
            String actual = rules.refused().isEmpty()
                    ? texts(rules, Correlations.of(rules).firings(events(rules, golden)))
                            .toString()
                    : "rule_error";
            if (!actual.equals(expected)) {
                differences.add(golden.get("name").asText() + "\n expected " + expected + "\n got      " + actual + "\n"
                        + rules.refused());
            }
        }
        assertThat(differences).isEmpty();
    }

    @Test
    void the_engine_agrees_with_brute_force() {
        for (JsonNode golden : SharedData.jsonLines(GOLDEN)) {
            RuleSet rules = RuleSet.parse("case.yml", golden.get("rules_yaml").asText());
            List<CorrelatedEvent> events = events(rules, golden);
            assertThat(Correlations.of(rules).firings(events))
                    .describedAs(golden.get("name").asText())
                    .containsExactlyInAnyOrderElementsOf(BruteForce.firings(rules, events));
        }
    }

    @Test
    void only_the_rules_that_no_correlation_silences_alert_on_their_own() {
        for (JsonNode golden : SharedData.jsonLines(GOLDEN)) {
            if (golden.has("expected_single_alerts")) {
                RuleSet rules =
                        RuleSet.parse("case.yml", golden.get("rules_yaml").asText());
                TreeSet<String> expected = new TreeSet<>();
                golden.get("expected_single_alerts")
                        .forEach(a -> expected.add(
                                a.get("rule").asText() + ' ' + a.get("event_id").asText()));
                TreeSet<String> actual = new TreeSet<>();
                for (CorrelatedEvent event : events(rules, golden)) {
                    for (String key : event.rules()) {
                        if (!rules.silent().contains(key)) {
                            actual.add(name(rules, key) + ' ' + event.seen().eventId());
                        }
                    }
                }
                assertThat(actual).describedAs(golden.get("name").asText()).isEqualTo(expected);
            }
        }
    }

    @Test
    void fifty_random_orders_of_arrival_leave_the_same_findings_open() {
        Random random = new Random(4);
        for (JsonNode golden : SharedData.jsonLines(GOLDEN)) {
            RuleSet rules = RuleSet.parse("case.yml", golden.get("rules_yaml").asText());
            if (!golden.has("expected_firings") || !rules.refused().isEmpty()) {
                continue;
            }
            List<CorrelatedEvent> events = new ArrayList<>(events(rules, golden));
            Reference reference = Reference.EMPTY.with(
                    LoadedRules.entry("case.yml", golden.get("rules_yaml").asText(), true, Instant.EPOCH));
            CorrelationDetector detector = new CorrelationDetector();
            List<Family> families = Correlations.of(rules).families();
            TreeMap<String, String> expected = null;
            for (int order = 0; order < 50; order++) {
                TreeMap<String, String> open = openFindings(detector, families, reference, events);
                if (expected == null) {
                    expected = open;
                    assertThat(open)
                            .describedAs(golden.get("name").asText())
                            .hasSize(expected(golden).size());
                }
                assertThat(open).describedAs(golden.get("name").asText()).isEqualTo(expected);
                Collections.shuffle(events, random);
            }
        }
    }

    /** Delivers the events one by one to the detector, each partition on its own, and keeps what stands in the end. */
    private static TreeMap<String, String> openFindings(
            CorrelationDetector detector, List<Family> families, Reference reference, List<CorrelatedEvent> events) {
        Map<CorrelationKey, CorrelationState> states = new HashMap<>();
        Map<String, Finding> last = new LinkedHashMap<>();
        Findings out = new Findings(InstantSource.fixed(Instant.EPOCH), List::of, finding -> {
            Finding before = last.put(finding.id(), finding);
            assertThat(before == null || before.revision() < finding.revision()).isTrue();
        });
        for (CorrelatedEvent event : events) {
            for (Family family : families) {
                for (List<String> partition : family.partitions(event)) {
                    Signal<CorrelationKey, CorrelationNews> signal =
                            CorrelationSignalsTest.signal(family, partition, event);
                    CorrelationState merged = detector.merge(states.get(signal.key()), signal);
                    states.put(signal.key(), detector.evaluate(merged, new OnlyRound(signal.key(), reference, out)));
                }
            }
        }
        TreeMap<String, String> open = new TreeMap<>();
        last.values().stream()
                .filter(f -> f.state() == Finding.State.OPEN)
                .forEach(finding -> open.put(
                        finding.id(),
                        finding.detection().name()
                                + finding.words().facts()
                                + finding.evidence().eventIds()));
        return open;
    }

    private static List<CorrelatedEvent> events(RuleSet rules, JsonNode golden) {
        RuleMatcher matcher = RuleMatcher.of(rules.rules());
        FieldReader reader = new FieldReader(Correlations.of(rules).fields());
        List<JsonNode> delivered = new ArrayList<>();
        golden.get("events").forEach(delivered::add);
        delivered.sort((a, b) ->
                a.get("arrival_order").asInt() - b.get("arrival_order").asInt());
        List<CorrelatedEvent> events = new ArrayList<>();
        for (JsonNode event : delivered) {
            byte[] json = event.get("fields").toString().getBytes(StandardCharsets.UTF_8);
            events.add(new CorrelatedEvent(
                    new Sighting(
                            Instant.ofEpochMilli(event.get("t").asLong()),
                            event.get("id").asText()),
                    matcher.ids(json),
                    reader.read(json),
                    null,
                    null,
                    null));
        }
        return events;
    }

    private static List<String> texts(RuleSet rules, List<Firing> firings) {
        return firings.stream()
                .filter(firing -> !rules.silent().contains(firing.correlation()))
                .map(f -> text(
                        name(rules, f.correlation()),
                        f.firstTime().toEpochMilli(),
                        f.group(),
                        f.evidence().stream().map(Sighting::eventId).toList()))
                .sorted()
                .toList();
    }

    private static List<String> expected(JsonNode golden) {
        List<String> texts = new ArrayList<>();
        for (JsonNode firing : golden.get("expected_firings")) {
            Map<String, String> group = new LinkedHashMap<>();
            firing.get("group")
                    .properties()
                    .forEach(e -> group.put(e.getKey(), e.getValue().asText()));
            List<String> ids = new ArrayList<>();
            firing.get("event_ids").forEach(id -> ids.add(id.asText()));
            texts.add(text(firing.get("rule").asText(), firing.get("first_time").asLong(), group, ids));
        }
        Collections.sort(texts);
        return texts;
    }

    private static String text(String rule, long time, Map<String, String> group, List<String> ids) {
        return rule + '@' + time + new TreeMap<>(group) + ids;
    }

    private static String name(RuleSet rules, String key) {
        for (var rule : rules.rules()) {
            if (rule.key().equals(key)) {
                return rule.rule().header().name();
            }
        }
        for (var correlation : rules.correlations()) {
            if (correlation.key().equals(key)) {
                return correlation.rule().header().name();
            }
        }
        throw new IllegalArgumentException(key);
    }
}
