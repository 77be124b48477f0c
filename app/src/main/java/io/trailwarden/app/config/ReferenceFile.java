package io.trailwarden.app.config;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.trailwarden.event.ReferenceEntry;
import io.trailwarden.settings.ConfigProblem;
import io.trailwarden.settings.Spelling;
import io.trailwarden.settings.YamlFile;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;

/**
 * Reference data that people write down: sections of mappings, key to entry. What an entry may say is the matter of the
 * detections, described in {@code docs/reference/reference-data.md}.
 */
public final class ReferenceFile {

    /** The sections and what their entries are. */
    static final Map<String, ReferenceEntry.Kind> SECTIONS = Map.of(
            "accounts", ReferenceEntry.Kind.ACCOUNT,
            "expectations", ReferenceEntry.Kind.EXPECTATION,
            "state-machines", ReferenceEntry.Kind.STATE_MACHINE,
            "detections", ReferenceEntry.Kind.SETTING,
            "suppressions", ReferenceEntry.Kind.SUPPRESSION);

    /** Enough for every account of a large organization; an alias that multiplies itself ends here. */
    private static final int MAX_NODES = 1_000_000;

    private final Path path;
    private final List<ConfigProblem> problems;
    private int nodes;

    private ReferenceFile(Path path, List<ConfigProblem> problems) {
        this.path = path;
        this.problems = problems;
    }

    /** An entry and where it stands. */
    public record Located(ReferenceEntry entry, String place) {}

    /**
     * Reads the entries.
     *
     * @param main the configuration file itself, where reference data stand beside settings
     * @param seenAt for the entries
     * @param problems gets what is wrong
     */
    public static List<Located> read(Path path, boolean main, Instant seenAt, List<ConfigProblem> problems) {
        ReferenceFile file = new ReferenceFile(path, problems);
        List<Located> entries = new ArrayList<>();
        YamlFile.read(path, problems).forEach((name, section) -> {
            ReferenceEntry.Kind kind = SECTIONS.get(name);
            if (kind != null) {
                file.section(kind, name, section.value(), seenAt, entries);
            } else if (!main) {
                problems.add(new ConfigProblem(
                        YamlFile.place(path, section.keyNode()),
                        "\"" + name + "\" is not a section"
                                + Spelling.nearest(name, SECTIONS.keySet())
                                        .map(near -> " (did you mean \"" + near + "\"?)")
                                        .orElse(" (expected: one of "
                                                + String.join(", ", new java.util.TreeSet<>(SECTIONS.keySet()))
                                                + ")")));
            }
        });
        return entries;
    }

    private void section(ReferenceEntry.Kind kind, String name, Node section, Instant seenAt, List<Located> entries) {
        if (section instanceof ScalarNode scalar && scalar.getTag().getValue().endsWith(":null")) {
            return;
        }
        YamlFile.entries(path, section, "a mapping of " + name, problems).forEach((key, entry) -> {
            JsonNode body = json(entry.value(), Set.of());
            if (body instanceof ObjectNode object) {
                entries.add(new Located(
                        new ReferenceEntry(kind, key, object.toString(), seenAt),
                        YamlFile.place(path, entry.keyNode())));
            } else if (body != null && body.isNull()) {
                entries.add(new Located(
                        new ReferenceEntry(kind, key, "{}", seenAt), YamlFile.place(path, entry.keyNode())));
            } else {
                problems.add(new ConfigProblem(
                        YamlFile.place(path, entry.value()),
                        name + "." + key + ": " + YamlFile.shown(entry.value()) + " (expected: a mapping)"));
            }
        });
    }

    private @Nullable JsonNode json(Node node, Set<Node> above) {
        if (++nodes > MAX_NODES || above.contains(node)) {
            if (nodes <= MAX_NODES || nodes == MAX_NODES + 1) {
                problems.add(new ConfigProblem(
                        YamlFile.place(path, node),
                        "aliases that contain themselves, or more than " + MAX_NODES + " values"));
            }
            return null;
        }
        Set<Node> path = new java.util.HashSet<>(above);
        path.add(node);
        if (node instanceof MappingNode mapping) {
            ObjectNode object = JsonNodeFactory.instance.objectNode();
            for (NodeTuple tuple : mapping.getValue()) {
                if (tuple.getKeyNode() instanceof ScalarNode key) {
                    object.set(key.getValue(), json(tuple.getValueNode(), path));
                } else {
                    problems.add(new ConfigProblem(
                            YamlFile.place(this.path, tuple.getKeyNode()), "a name is expected here"));
                }
            }
            return object;
        }
        if (node instanceof SequenceNode sequence) {
            ArrayNode array = JsonNodeFactory.instance.arrayNode();
            for (Node part : sequence.getValue()) {
                array.add(json(part, path));
            }
            return array;
        }
        return scalar((ScalarNode) node);
    }

    private static JsonNode scalar(ScalarNode scalar) {
        JsonNodeFactory json = JsonNodeFactory.instance;
        String text = scalar.getValue();
        String tag = scalar.getTag().getValue();
        try {
            return switch (tag.substring(tag.lastIndexOf(':') + 1)) {
                case "null" -> json.nullNode();
                case "bool" -> json.booleanNode(Boolean.parseBoolean(text));
                // An unquoted account id with a leading zero is no number that may lose it.
                case "int" ->
                    text.matches("-?(0|[1-9][0-9]{0,11})") && text.length() < 12
                            ? json.numberNode(new BigInteger(text))
                            : json.textNode(text);
                case "float" -> json.numberNode(new BigDecimal(text));
                default -> json.textNode(text);
            };
        } catch (NumberFormatException e) {
            return json.textNode(text);
        }
    }

    /** The entries by kind and key, the later ones winning; a key that is there twice is a problem. */
    public static Map<String, Located> byKey(List<Located> entries, List<ConfigProblem> problems) {
        Map<String, Located> byKey = new LinkedHashMap<>();
        for (Located located : entries) {
            Located before =
                    byKey.put(located.entry().kind() + " " + located.entry().key(), located);
            if (before != null) {
                problems.add(new ConfigProblem(
                        located.place(),
                        "\"" + located.entry().key() + "\" is there twice (first: " + before.place() + ")"));
            }
        }
        return byKey;
    }
}
