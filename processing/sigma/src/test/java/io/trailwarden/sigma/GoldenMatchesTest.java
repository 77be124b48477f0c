package io.trailwarden.sigma;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.trailwarden.sigma.match.RuleMatcher;
import io.trailwarden.sigma.rule.BoundRule;
import io.trailwarden.sigma.rule.Logsource;
import io.trailwarden.testing.SharedData;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Test;

/** The whole SigmaHQ corpus over 2,381 events: which rules load, and what each event matches. */
class GoldenMatchesTest {

    private static final List<String> EVENT_FILES =
            List.of("regression", "invictus", "stratus", "traildiscover", "panther");

    @Test
    void every_SigmaHQ_rule_is_loaded_or_refused_as_listed() throws IOException {
        RuleSet rules = RuleSet.parse(sigmaHq(), Map.of());
        List<String> expectedRefusals = new ArrayList<>();
        List<String> expectedIds = new ArrayList<>();
        for (JsonNode entry : SharedData.jsonLines("golden/sigma/rule-index.jsonl.gz")) {
            if (entry.path("expected").asText().equals("rule_error")) {
                expectedRefusals.add(entry.get("path").asText());
            } else {
                expectedIds.add(entry.get("id").asText());
            }
        }
        assertThat(rules.refused().stream().filter(p -> !p.message().contains("placeholder")))
                .isEmpty();
        assertThat(rules.refused().stream().map(p -> p.at().file()))
                .containsExactlyInAnyOrderElementsOf(expectedRefusals);
        assertThat(rules.rules().stream().map(BoundRule::key)).containsExactlyInAnyOrderElementsOf(expectedIds);
    }

    @Test
    void every_event_matches_exactly_the_golden_rules() throws IOException {
        RuleSet rules = RuleSet.parse(sigmaHq(), Map.of());
        RuleMatcher matcher = RuleMatcher.of(rules.rules());
        RuleMatcher aws = RuleMatcher.of(rules.rules().stream()
                .filter(rule -> "aws".equals(rule.rule().logsource().product()))
                .toList());
        Map<String, JsonNode> golden = new HashMap<>();
        SharedData.jsonLines("golden/sigma/golden-matches.jsonl")
                .forEach(line -> golden.put(line.get("event_id").asText(), line));
        Map<String, String> differences = new TreeMap<>();
        int events = 0;
        for (String file : EVENT_FILES) {
            for (JsonNode line : SharedData.jsonLines("golden/sigma/events-" + file + ".jsonl.gz")) {
                events++;
                String id = line.get("id").asText();
                byte[] event = line.get("event").toString().getBytes(StandardCharsets.UTF_8);
                JsonNode expected = golden.get(id);
                compare(id, ids(expected, "rule_ids"), matcher.ids(event), differences);
                if (expected == null || expected.has("aws_rule_ids")) {
                    compare(id + " (aws)", ids(expected, "aws_rule_ids"), aws.ids(event), differences);
                }
            }
        }
        assertThat(events).isEqualTo(2381);
        assertThat(differences).isEmpty();
    }

    @Test
    void cloudtrail_routing_keeps_exactly_the_cloudtrail_rules() throws IOException {
        RuleSet routed = RuleSet.parse(sigmaHq(), Map.of()).routedTo(Logsource.CLOUDTRAIL);
        assertThat(routed.rules()).hasSize(57).allSatisfy(rule -> assertThat(
                        rule.rule().logsource().product())
                .isEqualTo("aws"));
    }

    @Test
    void the_engine_agrees_with_the_obvious_evaluator_on_every_rule_and_a_part_of_the_events() throws IOException {
        RuleSet rules = RuleSet.parse(sigmaHq(), Map.of());
        RuleMatcher matcher = RuleMatcher.of(rules.rules());
        Map<String, String> differences = new TreeMap<>();
        for (String file : EVENT_FILES) {
            List<JsonNode> lines = SharedData.jsonLines("golden/sigma/events-" + file + ".jsonl.gz");
            for (int i = 0; i < lines.size(); i += 25) {
                byte[] event = lines.get(i).get("event").toString().getBytes(StandardCharsets.UTF_8);
                JsonNode tree = ObviousEvaluator.parse(event);
                TreeSet<String> expected = rules.rules().stream()
                        .filter(rule -> ObviousEvaluator.matches(rule.expression(), tree))
                        .map(BoundRule::key)
                        .collect(Collectors.toCollection(TreeSet::new));
                compare(lines.get(i).get("id").asText(), expected, matcher.ids(event), differences);
            }
        }
        assertThat(differences).isEmpty();
    }

    private static void compare(
            String id, TreeSet<String> expected, List<String> actual, Map<String, String> differences) {
        TreeSet<String> got = new TreeSet<>(actual);
        if (!got.equals(expected)) {
            TreeSet<String> missing = new TreeSet<>(expected);
            missing.removeAll(got);
            got.removeAll(expected);
            differences.put(id, "missing " + missing + ", too many " + got);
        }
    }

    private static TreeSet<String> ids(JsonNode line, String key) {
        TreeSet<String> ids = new TreeSet<>();
        if (line != null) {
            line.path(key).forEach(id -> ids.add(id.asText()));
        }
        return ids;
    }

    /** The files of the rule archive, by path; the tar format is read as far as needed. */
    static Map<String, String> sigmaHq() throws IOException {
        Map<String, String> files = new TreeMap<>();
        try (InputStream raw = Files.newInputStream(SharedData.path("golden/sigma/sigmahq-rules.tar.gz"));
                InputStream in = new GZIPInputStream(raw)) {
            String longName = null;
            byte[] header;
            while ((header = in.readNBytes(512)).length == 512 && header[0] != 0) {
                String name = text(header, 0, 100);
                String prefix = text(header, 257, 5).equals("ustar") ? text(header, 345, 155) : "";
                int size = Integer.parseInt(text(header, 124, 12).trim(), 8);
                byte[] content = in.readNBytes(size);
                in.skipNBytes((512 - size % 512) % 512);
                char type = (char) header[156];
                if (type == 'L') {
                    longName = text(content, 0, content.length);
                } else if (type == 'x') {
                    Matcher path = Pattern.compile("[0-9]+ path=(.*)\n").matcher(text(content, 0, content.length));
                    longName = path.find() ? path.group(1) : null;
                } else {
                    String path = longName != null ? longName : prefix.isEmpty() ? name : prefix + '/' + name;
                    longName = null;
                    if (path.endsWith(".yml")) {
                        files.put(path.substring(path.indexOf('/') + 1), new String(content, StandardCharsets.UTF_8));
                    }
                }
            }
        }
        return files;
    }

    private static String text(byte[] bytes, int from, int length) {
        int end = from;
        while (end < from + length && end < bytes.length && bytes[end] != 0) {
            end++;
        }
        return new String(bytes, from, end - from, StandardCharsets.UTF_8);
    }
}
