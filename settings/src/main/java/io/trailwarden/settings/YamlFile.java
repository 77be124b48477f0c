package io.trailwarden.settings;

import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Compose;
import org.snakeyaml.engine.v2.api.lowlevel.Parse;
import org.snakeyaml.engine.v2.events.CollectionEndEvent;
import org.snakeyaml.engine.v2.events.CollectionStartEvent;
import org.snakeyaml.engine.v2.events.Event;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;

/** A YAML file as nodes that still know their line and column. */
public final class YamlFile {

    private static final long MAX_BYTES = 16L * 1024 * 1024;

    /** A state machine's definition among reference data is nested some twenty deep. */
    private static final int MAX_DEPTH = 100;

    private final Path path;
    private final List<ConfigProblem> problems;

    private YamlFile(Path path, List<ConfigProblem> problems) {
        this.path = path;
        this.problems = problems;
    }

    /** One key of a mapping and what stands behind it. */
    public record Entry(String key, Node keyNode, Node value) {}

    /** The entries of the file's top mapping, in its order; nothing when it cannot be read, which is a problem then. */
    public static Map<String, Entry> read(Path path, List<ConfigProblem> problems) {
        YamlFile file = new YamlFile(path, problems);
        try {
            if (Files.size(path) > MAX_BYTES) {
                problems.add(new ConfigProblem(path.toString(), "larger than " + MAX_BYTES + " bytes"));
                return Map.of();
            }
            String text = Files.readString(path, StandardCharsets.UTF_8);
            LoadSettings settings = LoadSettings.builder()
                    .setLabel(path.toString())
                    .setUseMarks(true)
                    .setAllowDuplicateKeys(false)
                    // They are refused below, where the place is known.
                    .setAllowNonScalarKeys(true)
                    .build();
            Optional<Mark> deep = tooDeep(settings, text);
            if (deep.isPresent()) {
                problems.add(new ConfigProblem(place(path, deep.get()), "nested deeper than " + MAX_DEPTH));
                return Map.of();
            }
            Optional<Node> root = new Compose(settings).composeString(text);
            return root.isEmpty() ? Map.of() : file.entries(root.get(), "a mapping of settings");
        } catch (MarkedYamlEngineException e) {
            problems.add(new ConfigProblem(
                    place(path, e.getProblemMark().or(e::getContextMark).orElse(null)), "not YAML: " + e.getProblem()));
        } catch (YamlEngineException e) {
            problems.add(new ConfigProblem(path.toString(), "not YAML: " + e.getMessage()));
        } catch (CharacterCodingException e) {
            problems.add(new ConfigProblem(path.toString(), "not UTF-8"));
        } catch (IOException e) {
            problems.add(new ConfigProblem(
                    path.toString(), Files.exists(path) ? "cannot be read: " + e.getMessage() : "does not exist"));
        }
        return Map.of();
    }

    /** Where it is nested deeper than anybody writes: nodes are composed by recursion, which would overflow the stack. */
    private static Optional<Mark> tooDeep(LoadSettings settings, String text) {
        int depth = 0;
        for (Event event : new Parse(settings).parseString(text)) {
            if (event instanceof CollectionStartEvent && ++depth > MAX_DEPTH) {
                return event.getStartMark();
            }
            if (event instanceof CollectionEndEvent) {
                depth--;
            }
        }
        return Optional.empty();
    }

    /** The entries of a mapping node; a problem when it is none. */
    public static Map<String, Entry> entries(Path path, Node node, String expected, List<ConfigProblem> problems) {
        return new YamlFile(path, problems).entries(node, expected);
    }

    private Map<String, Entry> entries(Node node, String expected) {
        Map<String, Entry> entries = new LinkedHashMap<>();
        if (!(node instanceof MappingNode mapping)) {
            problems.add(new ConfigProblem(place(path, node), shown(node) + " (expected: " + expected + ")"));
            return entries;
        }
        for (NodeTuple tuple : mapping.getValue()) {
            if (!(tuple.getKeyNode() instanceof ScalarNode key)) {
                problems.add(new ConfigProblem(place(path, tuple.getKeyNode()), "a name is expected here"));
                continue;
            }
            Entry before = entries.putIfAbsent(key.getValue(), new Entry(key.getValue(), key, tuple.getValueNode()));
            if (before != null) {
                problems.add(new ConfigProblem(
                        place(path, key),
                        "\"" + key.getValue() + "\" is there twice (first: " + place(path, before.keyNode()) + ")"));
            }
        }
        return entries;
    }

    /** {@code file:line:column} of a node. */
    public static String place(Path path, Node node) {
        return place(path, node.getStartMark().orElse(null));
    }

    private static String place(Path path, @Nullable Mark mark) {
        return mark == null ? path.toString() : path + ":" + (mark.getLine() + 1) + ":" + (mark.getColumn() + 1);
    }

    /** Whether nothing stands there. */
    public static boolean isNull(Node node) {
        return node instanceof ScalarNode scalar && scalar.getTag().getValue().endsWith(":null");
    }

    /** A value as one would write it, for messages. */
    public static String shown(Node node) {
        return node instanceof ScalarNode scalar
                ? '"' + scalar.getValue() + '"'
                : node instanceof MappingNode ? "a mapping" : "a sequence";
    }
}
