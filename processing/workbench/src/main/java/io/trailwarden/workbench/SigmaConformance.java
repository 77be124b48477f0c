package io.trailwarden.workbench;

import com.fasterxml.jackson.databind.JsonNode;
import io.trailwarden.event.Sighting;
import io.trailwarden.sigma.RuleSet;
import io.trailwarden.sigma.correlation.CorrelatedEvent;
import io.trailwarden.sigma.correlation.Correlations;
import io.trailwarden.sigma.correlation.Firing;
import io.trailwarden.sigma.match.FieldReader;
import io.trailwarden.sigma.match.RuleMatcher;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;

/**
 * Holds the engine to account: runs cases with known answers.
 *
 * <p>A unit case has {@code rule_yaml}, {@code event} and {@code expected}: true, false or {@code "rule_error"}. A
 * correlation case has {@code rules_yaml}, {@code events} (each {@code id}, {@code t} in milliseconds, {@code
 * arrival_order}, {@code fields}) and {@code expected_firings} or {@code expected: "rule_error"}, perhaps {@code
 * expected_single_alerts}. Both have {@code name} and {@code feature}, and may be {@code disputed}.
 */
public final class SigmaConformance {

    private static final String ERROR = "rule_error";

    private SigmaConformance() {}

    /**
     * The outcome of one case.
     *
     * @param disputed whether the case itself says that other answers can be defended
     * @param problem why the rule was refused, if it was; else empty
     */
    public record Result(
            String name, String feature, boolean disputed, String expected, String actual, String problem) {

        /** Whether the engine gives the expected answer. */
        public boolean agrees() {
            return expected.equals(actual);
        }
    }

    /**
     * Runs one case.
     *
     * @throws IllegalArgumentException when it is neither kind of case
     */
    public static Result check(JsonNode golden) {
        if (golden.has("rule_yaml")) {
            return unit(golden);
        }
        if (golden.has("rules_yaml")) {
            return correlation(golden);
        }
        throw new IllegalArgumentException(
                "neither rule_yaml nor rules_yaml (expected: a unit case or a correlation case)");
    }

    private static Result unit(JsonNode golden) {
        RuleSet rules = RuleSet.parse("case.yml", golden.get("rule_yaml").asText());
        String actual = rules.refused().isEmpty()
                ? String.valueOf(!RuleMatcher.of(rules.rules())
                        .ids(bytes(golden.path("event")))
                        .isEmpty())
                : ERROR;
        return result(golden, rules, golden.path("expected").asText(), actual);
    }

    private static Result correlation(JsonNode golden) {
        RuleSet rules = RuleSet.parse("case.yml", golden.get("rules_yaml").asText());
        boolean alerts = golden.has("expected_single_alerts");
        if (!golden.has("expected_firings")) {
            String actual = rules.refused().isEmpty() ? "loaded" : ERROR;
            return result(golden, rules, golden.path("expected").asText(), actual);
        }
        String expected = expectedFirings(golden) + (alerts ? " alone " + expectedAlerts(golden) : "");
        if (!rules.refused().isEmpty()) {
            return result(golden, rules, expected, ERROR);
        }
        Correlations correlations = Correlations.of(rules);
        RuleMatcher matcher = RuleMatcher.of(rules.rules());
        FieldReader reader = new FieldReader(correlations.fields());
        List<CorrelatedEvent> events = new ArrayList<>();
        List<String> alone = new ArrayList<>();
        for (JsonNode event : golden.path("events")) {
            byte[] json = bytes(event.path("fields"));
            Sighting seen = new Sighting(
                    Instant.ofEpochMilli(event.path("t").asLong()),
                    event.path("id").asText());
            List<String> matched = matcher.ids(json);
            events.add(new CorrelatedEvent(seen, matched, reader.read(json), null, null, null));
            for (String key : matched) {
                if (!rules.silent().contains(key)) {
                    alone.add(name(rules, key) + ' ' + seen.eventId());
                }
            }
        }
        List<String> fired = new ArrayList<>();
        for (Firing firing : correlations.firings(events)) {
            if (!rules.silent().contains(firing.correlation())) {
                fired.add(name(rules, firing.correlation())
                        + '@'
                        + firing.firstTime().toEpochMilli()
                        + new TreeMap<>(firing.group())
                        + firing.evidence().stream().map(Sighting::eventId).toList());
            }
        }
        String actual = fired.stream().sorted().toList()
                + (alerts ? " alone " + alone.stream().sorted().toList() : "");
        return result(golden, rules, expected, actual);
    }

    private static Result result(JsonNode golden, RuleSet rules, String expected, String actual) {
        return new Result(
                golden.path("name").asText(),
                golden.path("feature").asText(),
                golden.path("disputed").asBoolean(),
                expected,
                actual,
                rules.refused().isEmpty() ? "" : rules.refused().get(0).toString());
    }

    private static List<String> expectedFirings(JsonNode golden) {
        List<String> firings = new ArrayList<>();
        for (JsonNode firing : golden.get("expected_firings")) {
            TreeMap<String, String> group = new TreeMap<>();
            firing.path("group")
                    .properties()
                    .forEach(entry -> group.put(entry.getKey(), entry.getValue().asText()));
            List<String> ids = new ArrayList<>();
            firing.path("event_ids").forEach(id -> ids.add(id.asText()));
            firings.add(firing.path("rule").asText()
                    + '@'
                    + firing.path("first_time").asLong()
                    + group
                    + ids);
        }
        return firings.stream().sorted().toList();
    }

    private static List<String> expectedAlerts(JsonNode golden) {
        List<String> alerts = new ArrayList<>();
        golden.get("expected_single_alerts")
                .forEach(alert -> alerts.add(alert.path("rule").asText()
                        + ' '
                        + alert.path("event_id").asText()));
        return alerts.stream().sorted().toList();
    }

    /** Cases name rules by their handle. */
    private static String name(RuleSet rules, String key) {
        return java.util.stream.Stream.concat(
                        rules.rules().stream()
                                .filter(rule -> rule.key().equals(key))
                                .map(rule -> rule.rule().header()),
                        rules.correlations().stream()
                                .filter(correlation -> correlation.key().equals(key))
                                .map(correlation -> correlation.rule().header()))
                .findFirst()
                .map(header -> header.name() == null ? key : header.name())
                .orElse(key);
    }

    private static byte[] bytes(JsonNode node) {
        return node.toString().getBytes(StandardCharsets.UTF_8);
    }
}
