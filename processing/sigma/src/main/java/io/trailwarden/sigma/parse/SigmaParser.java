package io.trailwarden.sigma.parse;

import io.trailwarden.event.Severity;
import io.trailwarden.sigma.rule.Condition;
import io.trailwarden.sigma.rule.CorrelationRule;
import io.trailwarden.sigma.rule.DetectionRule;
import io.trailwarden.sigma.rule.FilterRule;
import io.trailwarden.sigma.rule.Logsource;
import io.trailwarden.sigma.rule.Modifier;
import io.trailwarden.sigma.rule.RuleHeader;
import io.trailwarden.sigma.rule.Search;
import io.trailwarden.sigma.rule.SigmaDocument;
import io.trailwarden.sigma.rule.ValueTest;
import io.trailwarden.sigma.yaml.Position;
import io.trailwarden.sigma.yaml.RuleProblem;
import io.trailwarden.sigma.yaml.RuleRefusedException;
import io.trailwarden.sigma.yaml.YamlNode;
import io.trailwarden.sigma.yaml.YamlReader;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.LocalDate;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Reads Sigma 2.1 documents: detections, filters, correlations, and the legacy collections of {@code action: global}.
 *
 * <p>Each document stands or falls alone, except that nothing after a YAML error can be read.
 */
public final class SigmaParser {

    private static final Set<String> COMPONENTS = Set.of(
            "title",
            "id",
            "name",
            "status",
            "level",
            "description",
            "author",
            "license",
            "date",
            "modified",
            "tags",
            "references",
            "falsepositives",
            "fields",
            "logsource",
            "detection",
            "correlation",
            "filter",
            "pattern",
            "action");
    private static final Set<String> RELATIONS =
            Set.of("derived", "obsolete", "obsoletes", "merged", "renamed", "similar", "correlation");
    private static final Pattern UUID =
            Pattern.compile("[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}");
    private static final Pattern TIMESPAN = Pattern.compile("([0-9]{1,9})([smhdwMy])");
    private static final Map<String, ValueTest.Relation> OPERATORS = Map.of(
            "gt", ValueTest.Relation.GREATER,
            "gte", ValueTest.Relation.GREATER_OR_EQUAL,
            "lt", ValueTest.Relation.LESS,
            "lte", ValueTest.Relation.LESS_OR_EQUAL,
            "eq", ValueTest.Relation.EQUAL,
            "neq", ValueTest.Relation.NOT_EQUAL);

    private SigmaParser() {}

    /**
     * Reads every document of one file.
     *
     * @param file the name to give in messages
     */
    public static List<ParseOutcome> parse(String file, String yaml) {
        List<ParseOutcome> outcomes = new ArrayList<>();
        Position start = new Position(file, 1, 1);
        YamlReader reader;
        try {
            reader = new YamlReader(file, yaml);
        } catch (RuntimeException e) {
            return List.of(refused(start, e));
        }
        YamlNode.@Nullable Mapping global = null;
        YamlNode.@Nullable Mapping previous = null;
        boolean more = true;
        while (more) {
            YamlNode node;
            try {
                node = reader.next();
            } catch (RuntimeException | StackOverflowError e) {
                outcomes.add(refused(start, e));
                return outcomes;
            }
            if (node == null) {
                more = false;
            } else if (!(node instanceof YamlNode.Nothing)) {
                try {
                    YamlNode.Mapping mapping = mapping("a document", node);
                    String action = action(mapping);
                    if (action.equals("global")) {
                        global = mapping;
                    } else if (action.equals("reset")) {
                        global = null;
                    } else {
                        if (action.equals("repeat") && previous != null) {
                            mapping = merged(previous, mapping);
                        } else if (global != null) {
                            mapping = merged(global, mapping);
                        }
                        previous = mapping;
                        outcomes.add(new ParseOutcome.Parsed(document(mapping)));
                    }
                } catch (RuntimeException | StackOverflowError e) {
                    outcomes.add(refused(node.at(), e));
                }
            }
        }
        if (outcomes.isEmpty() && global == null) {
            // Half an edit looks like this too; a file that is silently no rule would silently end the one before it.
            outcomes.add(new ParseOutcome.Refused(new RuleProblem(
                    start, "no rule in it (expected: a Sigma document; to end its rules, remove the file)")));
        }
        return outcomes;
    }

    private static ParseOutcome.Refused refused(Position at, Throwable failure) {
        return new ParseOutcome.Refused(
                failure instanceof RuleRefusedException refusal
                        ? refusal.problem()
                        : RuleProblem.unexpected(at, failure));
    }

    private static String action(YamlNode.Mapping mapping) {
        YamlNode action = mapping.get("action");
        if (action == null) {
            return "";
        }
        if (action instanceof YamlNode.Text text
                && Set.of("global", "reset", "repeat").contains(text.value())) {
            return text.value();
        }
        throw new RuleRefusedException(
                action.at(), "action: " + action.written() + " (expected: one of global, reset, repeat)");
    }

    private static YamlNode.Mapping merged(YamlNode.Mapping base, YamlNode.Mapping over) {
        Map<String, YamlNode.Entry> entries = new LinkedHashMap<>();
        base.entries().forEach(entry -> entries.put(entry.key(), entry));
        for (YamlNode.Entry entry : over.entries()) {
            YamlNode.Entry below = entries.get(entry.key());
            YamlNode value = below != null
                            && below.value() instanceof YamlNode.Mapping under
                            && entry.value() instanceof YamlNode.Mapping above
                    ? merged(under, above)
                    : entry.value();
            entries.put(entry.key(), new YamlNode.Entry(entry.key(), entry.keyAt(), value));
        }
        entries.remove("action");
        return new YamlNode.Mapping(List.copyOf(entries.values()), over.at());
    }

    private static SigmaDocument document(YamlNode.Mapping mapping) {
        RuleHeader header = header(mapping);
        YamlNode correlation = mapping.get("correlation");
        if (correlation != null) {
            return correlation(header, mapping("correlation", correlation));
        }
        YamlNode filter = mapping.get("filter");
        if (filter != null) {
            return filter(header, logsource(mapping), mapping("filter", filter));
        }
        YamlNode detection = mapping.get("detection");
        YamlNode pattern = mapping.get("pattern");
        if (detection == null && pattern != null) {
            Logsource logsource = mapping.get("logsource") == null ? Logsource.CLOUDTRAIL : logsource(mapping);
            return new DetectionRule(
                    header,
                    logsource,
                    Map.of("pattern", EventPatterns.parse(pattern)),
                    List.of(new Condition.Named("pattern", pattern.at())));
        }
        if (detection == null) {
            throw new RuleRefusedException(
                    mapping.at(), "no detection (expected: one of the keys detection, correlation, filter, pattern)");
        }
        return detection(header, logsource(mapping), mapping("detection", detection));
    }

    // Header

    private static RuleHeader header(YamlNode.Mapping mapping) {
        String title = string(mapping, "title");
        if (title == null || title.isBlank()) {
            throw new RuleRefusedException(
                    mapping.at(), "no title (expected: title: one line, at most 256 characters)");
        }
        if (title.length() > 256) {
            throw new RuleRefusedException(
                    place(mapping, "title"), "title of " + title.length() + " characters (expected: at most 256)");
        }
        String id = string(mapping, "id");
        if (id != null && !UUID.matcher(id).matches()) {
            throw new RuleRefusedException(
                    place(mapping, "id"),
                    "id: \"" + id + "\" (expected: a UUID such as 929a690e-bef0-4204-a928-ef5e620d6fcc)");
        }
        String name = string(mapping, "name");
        if (name != null && name.isBlank()) {
            throw new RuleRefusedException(place(mapping, "name"), "name is empty (leave it out, or name the rule)");
        }
        checkRelated(mapping);
        List<String> tags = strings(mapping, "tags");
        for (String tag : tags) {
            int dot = tag.indexOf('.');
            if (dot <= 0 || dot == tag.length() - 1) {
                throw new RuleRefusedException(
                        place(mapping, "tags"), "tag \"" + tag + "\" (expected: namespace.name, such as attack.t1078)");
            }
        }
        Map<String, YamlNode> custom = new LinkedHashMap<>();
        for (YamlNode.Entry entry : mapping.entries()) {
            if (!COMPONENTS.contains(entry.key())) {
                custom.put(entry.key(), entry.value());
            }
        }
        return new RuleHeader(
                title.strip(),
                id == null ? null : id.toLowerCase(Locale.ROOT),
                name,
                oneOf(mapping, "status", RuleHeader.Status.values()),
                oneOf(mapping, "level", Severity.values()),
                string(mapping, "description"),
                string(mapping, "author"),
                string(mapping, "license"),
                date(mapping, "date"),
                date(mapping, "modified"),
                tags,
                strings(mapping, "references"),
                strings(mapping, "falsepositives"),
                strings(mapping, "fields"),
                custom,
                mapping.at());
    }

    private static void checkRelated(YamlNode.Mapping mapping) {
        YamlNode related = mapping.get("related");
        if (related == null || related instanceof YamlNode.Nothing) {
            return;
        }
        if (!(related instanceof YamlNode.Sequence list)) {
            throw new RuleRefusedException(related.at(), "related: " + related.written() + " (expected: a list)");
        }
        for (YamlNode item : list.items()) {
            YamlNode.Mapping entry = mapping("an entry of related", item);
            String id = string(entry, "id");
            String type = string(entry, "type");
            if (id == null || !UUID.matcher(id).matches()) {
                throw new RuleRefusedException(item.at(), "related: id: " + id + " (expected: a UUID)");
            }
            if (type == null || !RELATIONS.contains(type.toLowerCase(Locale.ROOT))) {
                throw new RuleRefusedException(
                        item.at(),
                        "related: type: " + type + " (expected: one of derived, obsolete, merged, renamed, similar)");
            }
        }
    }

    private static <E extends Enum<E>> @Nullable E oneOf(YamlNode.Mapping mapping, String key, E[] values) {
        String written = string(mapping, key);
        if (written == null) {
            return null;
        }
        for (E value : values) {
            if (value.name().equalsIgnoreCase(written)) {
                return value;
            }
        }
        throw new RuleRefusedException(
                place(mapping, key),
                key + ": \"" + written + "\" (expected: one of "
                        + Arrays.stream(values)
                                .map(value -> value.name().toLowerCase(Locale.ROOT))
                                .collect(Collectors.joining(", "))
                        + ")");
    }

    private static @Nullable String date(YamlNode.Mapping mapping, String key) {
        YamlNode node = mapping.get(key);
        String written = node instanceof YamlNode.Moment moment
                ? moment.value()
                : node instanceof YamlNode.Text text ? text.value() : null;
        if (node == null || node instanceof YamlNode.Nothing) {
            return null;
        }
        if (written != null) {
            try {
                return LocalDate.parse(written.replace('/', '-')).toString();
            } catch (DateTimeParseException e) {
                // The message below says what is expected.
            }
        }
        throw new RuleRefusedException(
                node.at(), key + ": " + node.written() + " (expected: a date such as 2026-11-22)");
    }

    private static @Nullable String string(YamlNode.Mapping mapping, String key) {
        YamlNode node = mapping.get(key);
        if (node == null || node instanceof YamlNode.Nothing) {
            return null;
        }
        if (node instanceof YamlNode.Text text) {
            return text.value();
        }
        throw new RuleRefusedException(node.at(), key + ": " + node.written() + " (expected: text; quote it)");
    }

    private static List<String> strings(YamlNode.Mapping mapping, String key) {
        YamlNode node = mapping.get(key);
        if (node == null || node instanceof YamlNode.Nothing) {
            return List.of();
        }
        if (!(node instanceof YamlNode.Sequence list)) {
            throw new RuleRefusedException(node.at(), key + ": " + node.written() + " (expected: a list)");
        }
        List<String> values = new ArrayList<>();
        for (YamlNode item : list.items()) {
            if (item instanceof YamlNode.Sequence || item instanceof YamlNode.Mapping) {
                throw new RuleRefusedException(item.at(), key + ": " + item.written() + " (expected: a list of text)");
            }
            if (!(item instanceof YamlNode.Nothing)) {
                values.add(item instanceof YamlNode.Text text ? text.value() : item.written());
            }
        }
        return List.copyOf(values);
    }

    private static Logsource logsource(YamlNode.Mapping mapping) {
        YamlNode node = mapping.get("logsource");
        if (node == null) {
            throw new RuleRefusedException(
                    mapping.at(), "no logsource (expected: logsource: with product, category or service)");
        }
        YamlNode.Mapping logsource = mapping("logsource", node);
        Logsource result = new Logsource(
                string(logsource, "category"), string(logsource, "product"), string(logsource, "service"));
        if (result.category() == null && result.product() == null && result.service() == null) {
            throw new RuleRefusedException(node.at(), "logsource is empty (expected: product, category or service)");
        }
        return result;
    }

    // Detections and filters

    private static DetectionRule detection(RuleHeader header, Logsource logsource, YamlNode.Mapping detection) {
        Map<String, Search> searches = searches(detection, Set.of("condition", "timeframe"));
        YamlNode condition = detection.get("condition");
        if (condition == null) {
            throw new RuleRefusedException(
                    detection.at(),
                    "no condition (expected: condition: over " + String.join(", ", searches.keySet()) + ")");
        }
        List<Condition> conditions = new ArrayList<>();
        if (condition instanceof YamlNode.Sequence list && !list.items().isEmpty()) {
            list.items().forEach(item -> conditions.add(condition(item)));
        } else {
            conditions.add(condition(condition));
        }
        return new DetectionRule(header, logsource, searches, List.copyOf(conditions));
    }

    private static FilterRule filter(RuleHeader header, Logsource logsource, YamlNode.Mapping filter) {
        YamlNode rules = filter.get("rules");
        if (rules == null) {
            throw new RuleRefusedException(
                    filter.at(), "filter without rules (expected: rules: any, or a list of rule ids or names)");
        }
        List<String> references = rules instanceof YamlNode.Text text
                ? text.value().equalsIgnoreCase("any") ? List.of() : List.of(text.value())
                : strings(filter, "rules");
        Map<String, Search> searches = searches(filter, Set.of("condition", "rules"));
        YamlNode condition = filter.get("condition");
        if (condition == null) {
            throw new RuleRefusedException(
                    filter.at(), "filter without condition (expected: condition: not selection)");
        }
        return new FilterRule(header, logsource, references, searches, condition(condition));
    }

    private static Condition condition(YamlNode node) {
        if (node instanceof YamlNode.Text text) {
            return ConditionParser.parse(text);
        }
        throw new RuleRefusedException(
                node.at(), "condition: " + node.written() + " (expected: text such as selection and not filter)");
    }

    private static Map<String, Search> searches(YamlNode.Mapping mapping, Set<String> reserved) {
        Map<String, Search> searches = new LinkedHashMap<>();
        for (YamlNode.Entry entry : mapping.entries()) {
            if (!reserved.contains(entry.key())) {
                searches.put(entry.key(), search(entry.key(), entry.value()));
            }
        }
        if (searches.isEmpty()) {
            throw new RuleRefusedException(
                    mapping.at(), "nothing to search for (expected: an identifier with fields and values)");
        }
        return searches;
    }

    private static Search search(String identifier, YamlNode node) {
        if (node instanceof YamlNode.Mapping mapping) {
            if (mapping.entries().isEmpty()) {
                throw new RuleRefusedException(node.at(), identifier + " is empty (expected: fields with values)");
            }
            List<Search> parts = new ArrayList<>();
            mapping.entries().forEach(entry -> parts.add(item(entry)));
            return parts.size() == 1 ? parts.get(0) : new Search.AllOf(List.copyOf(parts));
        }
        if (node instanceof YamlNode.Sequence list) {
            if (list.items().isEmpty()) {
                throw new RuleRefusedException(
                        node.at(), identifier + " is empty (expected: keywords, or maps of fields)");
            }
            List<Search> parts = new ArrayList<>();
            list.items().forEach(item -> parts.add(search(identifier, item)));
            return parts.size() == 1 ? parts.get(0) : new Search.AnyOf(List.copyOf(parts));
        }
        return new Search.Item(null, List.of(), List.of(node), node.at(), "keyword " + node.written());
    }

    private static Search.Item item(YamlNode.Entry entry) {
        String[] parts = entry.key().split("\\|", -1);
        String field = parts[0].replace(" ", "");
        List<Modifier> modifiers = new ArrayList<>();
        for (int i = 1; i < parts.length; i++) {
            Modifier modifier = Modifier.named(parts[i]);
            if (modifier == null) {
                throw new RuleRefusedException(
                        entry.keyAt(),
                        entry.key() + ": modifier \"" + parts[i] + "\" (expected: one of " + Modifier.allNames() + ")");
            }
            modifiers.add(modifier);
        }
        List<YamlNode> values = entry.value() instanceof YamlNode.Sequence list ? list.items() : List.of(entry.value());
        return new Search.Item(
                field.isEmpty() ? null : field, List.copyOf(modifiers), values, entry.keyAt(), entry.key());
    }

    // Correlations

    private static CorrelationRule correlation(RuleHeader header, YamlNode.Mapping correlation) {
        CorrelationRule.Type type = oneOf(correlation, "type", CorrelationRule.Type.values());
        if (type == null) {
            throw new RuleRefusedException(
                    correlation.at(),
                    "correlation without type (expected: type: event_count, value_count, temporal, ...)");
        }
        YamlNode rules = correlation.get("rules");
        List<String> references =
                rules instanceof YamlNode.Text text ? List.of(text.value()) : strings(correlation, "rules");
        YamlNode condition = correlation.get("condition");
        boolean temporal = type == CorrelationRule.Type.TEMPORAL || type == CorrelationRule.Type.TEMPORAL_ORDERED;
        CorrelationRule.Criterion criterion;
        if (condition == null && temporal) {
            criterion = new CorrelationRule.Criterion(List.of(), null, List.of(), null);
        } else if (condition == null) {
            throw new RuleRefusedException(
                    correlation.at(),
                    "correlation without condition (expected: condition: with gte, gt, lte, lt, eq or neq)");
        } else if (condition instanceof YamlNode.Text text) {
            criterion = extended(type, text);
            if (rules == null) {
                references = identifiers(java.util.Objects.requireNonNull(criterion.expression()));
            }
        } else {
            criterion = criterion(type, mapping("condition", condition));
        }
        if (references.isEmpty()) {
            throw new RuleRefusedException(
                    correlation.at(),
                    "correlation without rules (expected: rules: names or ids of the rules it is over)");
        }
        YamlNode groupBy = correlation.get("group-by");
        List<String> groups =
                groupBy instanceof YamlNode.Text text ? List.of(text.value()) : strings(correlation, "group-by");
        Position rulesAt = rules == null ? correlation.at() : rules.at();
        if (criterion.expression() != null) {
            for (String identifier : identifiers(criterion.expression())) {
                if (!references.contains(identifier)) {
                    throw new RuleRefusedException(
                            rulesAt, "condition names " + identifier + ", which is not among the rules");
                }
            }
        }
        return new CorrelationRule(
                header,
                type,
                references,
                groups.stream().map(field -> field.replace(" ", "")).toList(),
                timespan(correlation),
                criterion,
                aliases(correlation, references),
                generate(correlation),
                rulesAt);
    }

    private static CorrelationRule.Criterion criterion(CorrelationRule.Type type, YamlNode.Mapping condition) {
        List<String> fields = condition.get("field") instanceof YamlNode.Text text
                ? List.of(text.value())
                : strings(condition, "field");
        List<CorrelationRule.Bound> bounds = new ArrayList<>();
        BigDecimal percentile = null;
        for (YamlNode.Entry entry : condition.entries()) {
            ValueTest.Relation relation = OPERATORS.get(entry.key());
            if (relation != null) {
                bounds.add(new CorrelationRule.Bound(relation, number(entry)));
            } else if (entry.key().equals("percentile")) {
                percentile = number(entry);
            } else if (!entry.key().equals("field")) {
                throw new RuleRefusedException(
                        entry.keyAt(),
                        "condition: " + entry.key() + " (expected: gt, gte, lt, lte, eq, neq, field, percentile)");
            }
        }
        if (bounds.isEmpty()) {
            throw new RuleRefusedException(
                    condition.at(), "condition without comparison (expected: one of gt, gte, lt, lte, eq, neq)");
        }
        boolean values =
                switch (type) {
                    case EVENT_COUNT, TEMPORAL, TEMPORAL_ORDERED -> false;
                    default -> true;
                };
        if (values && fields.isEmpty()) {
            throw new RuleRefusedException(condition.at(), "condition without field (expected: field: a field's name)");
        }
        if (fields.size() > 1 && type != CorrelationRule.Type.VALUE_COUNT) {
            throw new RuleRefusedException(condition.at(), "several fields (only value_count compares tuples)");
        }
        boolean outside =
                percentile != null && (percentile.signum() < 0 || percentile.compareTo(BigDecimal.valueOf(100)) > 0);
        if (type == CorrelationRule.Type.VALUE_PERCENTILE && percentile == null || outside) {
            throw new RuleRefusedException(condition.at(), "percentile: " + percentile + " (expected: 0 to 100)");
        }
        return new CorrelationRule.Criterion(
                fields.stream().map(field -> field.replace(" ", "")).toList(), percentile, List.copyOf(bounds), null);
    }

    private static CorrelationRule.Criterion extended(CorrelationRule.Type type, YamlNode.Text text) {
        if (type != CorrelationRule.Type.TEMPORAL) {
            throw new RuleRefusedException(
                    text.at(),
                    "condition: " + text.written() + " (expected: a map with gte, gt, lte, lt, eq or neq; a condition"
                            + " over rule names is for type temporal, which knows no order)");
        }
        return new CorrelationRule.Criterion(List.of(), null, List.of(), ConditionParser.parse(text));
    }

    private static List<String> identifiers(Condition condition) {
        return condition.accept(new Identifiers()).distinct().toList();
    }

    private record Identifiers() implements Condition.Visitor<Stream<String>> {

        @Override
        public Stream<String> and(Condition.And and) {
            return and.parts().stream().flatMap(part -> part.accept(this));
        }

        @Override
        public Stream<String> or(Condition.Or or) {
            return or.parts().stream().flatMap(part -> part.accept(this));
        }

        @Override
        public Stream<String> not(Condition.Not not) {
            return not.part().accept(this);
        }

        @Override
        public Stream<String> named(Condition.Named named) {
            return Stream.of(named.identifier());
        }

        @Override
        public Stream<String> quantified(Condition.Quantified quantified) {
            throw new RuleRefusedException(
                    quantified.at(), "`of " + quantified.pattern() + "` in a correlation (expected: names of rules)");
        }
    }

    private static BigDecimal number(YamlNode.Entry entry) {
        if (entry.value() instanceof YamlNode.Numeric number) {
            return number.value();
        }
        throw new RuleRefusedException(
                entry.value().at(), entry.key() + ": " + entry.value().written() + " (expected: a number, unquoted)");
    }

    private static Duration timespan(YamlNode.Mapping correlation) {
        YamlNode node = correlation.get("timespan");
        java.util.regex.Matcher matcher = node instanceof YamlNode.Text text ? TIMESPAN.matcher(text.value()) : null;
        if (matcher == null || !matcher.matches() || Long.parseLong(matcher.group(1)) == 0) {
            throw new RuleRefusedException(
                    node == null ? correlation.at() : node.at(),
                    "timespan: " + (node == null ? "absent" : node.written())
                            + " (expected: a number and one of s, m, h, d, w, M, y, such as 5m)");
        }
        long unit =
                switch (matcher.group(2)) {
                    case "s" -> 1;
                    case "m" -> 60;
                    case "h" -> 3_600;
                    case "d" -> 86_400;
                    case "w" -> 604_800;
                    // The mean month and year of the Gregorian calendar, as pySigma has them.
                    case "M" -> 2_629_746;
                    default -> 31_556_952;
                };
        return Duration.ofSeconds(Long.parseLong(matcher.group(1)) * unit);
    }

    private static boolean generate(YamlNode.Mapping correlation) {
        YamlNode node = correlation.get("generate");
        if (node == null || node instanceof YamlNode.Nothing) {
            return false;
        }
        if (node instanceof YamlNode.Truth truth) {
            return truth.value();
        }
        throw new RuleRefusedException(node.at(), "generate: " + node.written() + " (expected: true or false)");
    }

    private static Map<String, Map<String, String>> aliases(YamlNode.Mapping correlation, List<String> rules) {
        YamlNode node = correlation.get("aliases");
        if (node == null || node instanceof YamlNode.Nothing) {
            return Map.of();
        }
        Map<String, Map<String, String>> aliases = new LinkedHashMap<>();
        for (YamlNode.Entry alias : mapping("aliases", node).entries()) {
            Map<String, String> fields = new LinkedHashMap<>();
            for (YamlNode.Entry entry :
                    mapping("alias " + alias.key(), alias.value()).entries()) {
                if (!(entry.value() instanceof YamlNode.Text field)) {
                    throw new RuleRefusedException(
                            entry.value().at(),
                            "alias " + alias.key() + ": " + entry.value().written() + " (expected: a field's name)");
                }
                if (!rules.contains(entry.key())) {
                    throw new RuleRefusedException(
                            entry.keyAt(),
                            "alias " + alias.key() + " names " + entry.key() + " (expected: one of "
                                    + String.join(", ", rules) + ")");
                }
                fields.put(entry.key(), field.value().replace(" ", ""));
            }
            aliases.put(alias.key(), fields);
        }
        return aliases;
    }

    private static YamlNode.Mapping mapping(String what, YamlNode node) {
        if (node instanceof YamlNode.Mapping mapping) {
            return mapping;
        }
        throw new RuleRefusedException(node.at(), what + ": " + node.written() + " (expected: a map)");
    }

    private static Position place(YamlNode.Mapping mapping, String key) {
        YamlNode node = mapping.get(key);
        return node == null ? mapping.at() : node.at();
    }
}
