package io.trailwarden.sigma.parse;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.trailwarden.sigma.rule.Search;
import io.trailwarden.sigma.yaml.RuleRefusedException;
import io.trailwarden.sigma.yaml.YamlJson;
import io.trailwarden.sigma.yaml.YamlNode;
import java.util.List;
import java.util.Set;
import software.amazon.event.ruler.JsonRuleCompiler;

/**
 * EventBridge patterns as rules: {@code pattern:} in place of {@code detection:}, with the pattern as JSON text or as YAML.
 *
 * <p>A pattern is about the event that EventBridge makes of a CloudTrail record: {@code source}, {@code detail-type},
 * {@code account}, {@code region} and the record under {@code detail}. What it means is what Event Ruler, the library
 * behind EventBridge, says: letters agree in case, and tests of fields below one array hold for one and the same member.
 */
final class EventPatterns {

    /** Values with more wildcards are refused: the automaton behind them grows without bound. */
    private static final int MAX_WILDCARDS = 32;

    private static final int MAX_LENGTH = 16_384;
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Set<String> ENVELOPE =
            Set.of("version", "id", "detail-type", "source", "account", "time", "region", "resources", "detail", "$or");

    private EventPatterns() {}

    /** The search for a pattern, checked. */
    static Search.Pattern parse(YamlNode node) {
        String text = node instanceof YamlNode.Text written
                ? written.value()
                : YamlJson.of(node).toString();
        JsonNode pattern;
        try {
            pattern = JSON.readTree(text);
        } catch (JsonProcessingException e) {
            throw refused(node, "not JSON: " + e.getOriginalMessage());
        }
        if (pattern == null || !pattern.isObject() || text.length() > MAX_LENGTH) {
            throw refused(node, "expected: a JSON object of at most " + MAX_LENGTH + " characters");
        }
        for (var field : pattern.properties()) {
            if (!ENVELOPE.contains(field.getKey())) {
                throw refused(
                        node,
                        "EventBridge events have no " + field.getKey()
                                + " (expected: source, detail-type, account, region or detail; fields of the record"
                                + " stand under detail)");
            }
        }
        String why = JsonRuleCompiler.check(text);
        if (why != null) {
            throw refused(node, why);
        }
        long wildcards = pattern.findValues("wildcard").stream()
                .flatMapToInt(value -> value.toString().chars())
                .filter(c -> c == '*')
                .count();
        if (wildcards > MAX_WILDCARDS) {
            throw refused(node, wildcards + " wildcards (expected: at most " + MAX_WILDCARDS + ")");
        }
        return new Search.Pattern(text, names(pattern), node.at());
    }

    /** Names of calls, one of which an event must have; empty when the pattern does not say. */
    private static List<String> names(JsonNode pattern) {
        JsonNode names = pattern.path("detail").path("eventName");
        List<String> all = new java.util.ArrayList<>();
        for (JsonNode name : names) {
            if (!name.isTextual()) {
                return List.of();
            }
            all.add(name.asText());
        }
        return List.copyOf(all);
    }

    private static RuleRefusedException refused(YamlNode node, String why) {
        return new RuleRefusedException(node.at(), "pattern: " + why);
    }
}
