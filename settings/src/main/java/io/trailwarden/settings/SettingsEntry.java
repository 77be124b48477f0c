package io.trailwarden.settings;

import io.trailwarden.settings.Setting.Unfit;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;

/**
 * One mapping of a list in the file, such as an input under {@code aws}: its members are settings of their own. Every
 * member is checked, unknown ones are refused, and each problem is told with the member's own place.
 */
public final class SettingsEntry {

    private final Path file;
    private final Node node;
    private final String section;
    private final List<ConfigProblem> problems;
    private final Map<String, YamlFile.Entry> members;

    private SettingsEntry(Path file, Node node, String section, List<ConfigProblem> problems) {
        this.file = file;
        this.node = node;
        this.section = section;
        this.problems = problems;
        this.members = YamlFile.entries(file, node, "a mapping, an entry of " + section, problems);
    }

    /**
     * The entries of a section.
     *
     * @param section its name, for messages
     * @param problems gets what is wrong
     */
    public static List<SettingsEntry> all(Path file, Node node, String section, List<ConfigProblem> problems) {
        List<SettingsEntry> entries = new ArrayList<>();
        if (node instanceof SequenceNode sequence) {
            sequence.getValue().forEach(part -> {
                int before = problems.size();
                SettingsEntry entry = new SettingsEntry(file, part, section, problems);
                if (problems.size() == before) {
                    entries.add(entry);
                }
            });
        } else if (!YamlFile.isNull(node)) {
            problems.add(new ConfigProblem(
                    YamlFile.place(file, node),
                    section + ": " + YamlFile.shown(node) + " (expected: a sequence of mappings)"));
        }
        return entries;
    }

    /** What a member says; empty when it is absent or no text. */
    public String text(Setting<?> member) {
        YamlFile.Entry found = members.get(member.key());
        return found == null ? "" : text(found.value());
    }

    /**
     * The members' values.
     *
     * @param of what has these members, for messages
     * @return null when there was a problem, which is told
     */
    public @Nullable Values values(List<Setting<?>> settings, String of) {
        int before = problems.size();
        Map<String, Setting<?>> known = new LinkedHashMap<>();
        settings.forEach(setting -> known.put(setting.key(), setting));
        Map<String, Object> values = new LinkedHashMap<>();
        members.forEach((name, member) -> {
            Setting<?> setting = known.get(name);
            if (setting == null) {
                problems.add(new ConfigProblem(
                        YamlFile.place(file, member.keyNode()),
                        "\"" + name + "\" is not a member of " + of + Spelling.hint(name, known.keySet())));
            } else {
                value(setting, member.value(), values);
            }
        });
        for (Setting<?> setting : known.values()) {
            if (!members.containsKey(setting.key()) && setting.defaultText() == null) {
                problem(node, of + " without " + setting.key() + " (expected: " + setting.meaning() + ")");
            }
        }
        return problems.size() == before ? new Values(values) : null;
    }

    /**
     * What a component makes of the values.
     *
     * @return null when it refuses them, which is told at the member that it names
     */
    public <T> @Nullable T bind(Values values, Function<Values, T> binding) {
        try {
            return binding.apply(values);
        } catch (RefusedException e) {
            Node place = e.keys().stream()
                    .map(members::get)
                    .filter(Objects::nonNull)
                    .findFirst()
                    .map(YamlFile.Entry::value)
                    .orElse(node);
            problems.add(new ConfigProblem(YamlFile.place(file, place), section + '.' + e.getMessage()));
        } catch (IllegalArgumentException e) {
            problem(node, String.valueOf(e.getMessage()));
        }
        return null;
    }

    private void value(Setting<?> setting, Node value, Map<String, Object> values) {
        if (value instanceof SequenceNode sequence && setting.kind().list()) {
            List<String> parts = new ArrayList<>();
            int before = problems.size();
            for (Node part : sequence.getValue()) {
                if (text(part).isBlank()) {
                    wrong(setting, part);
                } else if (fits(setting, text(part) + '\n')) {
                    parts.add(text(part));
                } else {
                    wrong(setting, part);
                }
            }
            if (problems.size() == before) {
                take(setting, String.join("\n", parts) + '\n', value, values);
            }
        } else if (value instanceof ScalarNode && !text(value).isBlank()) {
            take(setting, text(value), value, values);
        } else {
            wrong(setting, value);
        }
    }

    private boolean fits(Setting<?> setting, String text) {
        try {
            setting.kind().parse(text, base());
            return true;
        } catch (Unfit e) {
            return false;
        }
    }

    private void take(Setting<?> setting, String text, Node place, Map<String, Object> values) {
        try {
            values.put(setting.key(), setting.kind().parse(text, base()));
        } catch (Unfit e) {
            wrong(setting, place);
        }
    }

    private Path base() {
        Path parent = file.toAbsolutePath().getParent();
        return parent == null ? file.toAbsolutePath() : parent;
    }

    private void wrong(Setting<?> setting, Node value) {
        problems.add(new ConfigProblem(
                YamlFile.place(file, value),
                section + '.' + setting.key() + ": " + (setting.kind().secret() ? "(a secret)" : YamlFile.shown(value))
                        + " (expected: " + setting.kind().expected() + ")"));
    }

    /** Tells a problem at a member, or at the entry where it has no such member. */
    public void problem(Setting<?> member, String message) {
        YamlFile.Entry found = members.get(member.key());
        problems.add(new ConfigProblem(YamlFile.place(file, found == null ? node : found.value()), section + message));
    }

    private void problem(Node place, String message) {
        problems.add(new ConfigProblem(YamlFile.place(file, place), section + ": " + message));
    }

    private static String text(Node node) {
        return node instanceof ScalarNode scalar ? scalar.getValue() : "";
    }
}
