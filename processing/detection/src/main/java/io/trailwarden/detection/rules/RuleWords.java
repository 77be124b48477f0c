package io.trailwarden.detection.rules;

import io.trailwarden.event.Claim;
import io.trailwarden.sigma.rule.CorrelationRule;
import io.trailwarden.sigma.rule.RuleHeader;
import io.trailwarden.sigma.yaml.YamlNode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/** What rules say of what they find. */
public final class RuleWords {

    private RuleWords() {}

    /** What a rule says of everything it finds. */
    static Claim.Words of(RuleHeader header, Map<String, String> facts) {
        String description = header.description();
        return new Claim.Words(
                header.title(), description == null ? header.title() : description.strip(), facts, nextSteps(header));
    }

    private static List<String> nextSteps(RuleHeader header) {
        YamlNode runbook = header.custom().get("runbook");
        List<String> steps = new ArrayList<>();
        if (runbook instanceof YamlNode.Sequence list) {
            list.items().forEach(item -> steps.add(item instanceof YamlNode.Text t ? t.value() : item.written()));
        } else if (runbook instanceof YamlNode.Text text) {
            steps.add(text.value());
        }
        return steps;
    }

    /** {@code user=alice, ip=10.0.0.1}; of a correlation without groups, {@code all events}. */
    public static String subject(Map<String, String> group) {
        return group.isEmpty()
                ? "all events"
                : group.entrySet().stream()
                        .map(entry -> entry.getKey() + '=' + entry.getValue())
                        .collect(Collectors.joining(", "));
    }

    /** A correlation's condition in words, for example {@code event_count gte 3}. */
    public static String condition(CorrelationRule rule) {
        String type = rule.type().name().toLowerCase(Locale.ROOT);
        CorrelationRule.Criterion criterion = rule.criterion();
        String fields = criterion.fields().isEmpty() ? "" : " of " + String.join(", ", criterion.fields());
        String bounds = criterion.bounds().stream()
                .map(bound -> bound.relation().name().toLowerCase(Locale.ROOT).replace('_', ' ')
                        + ' '
                        + bound.value().toPlainString())
                .collect(Collectors.joining(" and "));
        return (type + fields + ' ' + (bounds.isEmpty() ? "all of " + String.join(", ", rule.rules()) : bounds))
                .strip();
    }

    /** A timespan in the largest unit that is whole, for example {@code 5 min}. */
    public static String timespan(Duration timespan) {
        long seconds = timespan.toSeconds();
        if (seconds % 86_400 == 0) {
            return seconds / 86_400 + " d";
        }
        return seconds % 3_600 == 0
                ? seconds / 3_600 + " h"
                : seconds % 60 == 0 ? seconds / 60 + " min" : seconds + " s";
    }
}
