package io.trailwarden.settings;

import io.trailwarden.settings.Setting.Unfit;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Consumer;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;

/**
 * Reads settings: defaults, then a file, then environment variables, then flags; the later wins.
 *
 * <p>Everything is checked and every problem reported at once. Unknown names are refused, because a misspelt setting that
 * is silently ignored is worse than an error. Relative paths in the file are relative to the file, in variables and flags
 * to the working directory. In settings that are mappings, a value {@code env:NAME} is what that variable says.
 */
public final class SettingsReader {

    private static final String DEFAULT = "default";
    private static final String VARIABLE = "env:";

    private final Map<String, Setting<?>> settings = new LinkedHashMap<>();
    private final Map<String, Found> found = new HashMap<>();
    private final List<ConfigProblem> problems = new ArrayList<>();
    private final Path workingDirectory;
    private final Map<String, String> environment;
    private String wholePlace = "configuration";

    private record Found(Object value, String text, String origin) {}

    /**
     * A setting given on the command line.
     *
     * @param name the flag's
     * @param text what was typed
     */
    public record Flag(String name, String text) {}

    /** Sections of the file that are no settings. */
    public interface Sections {

        /** Their names, as far as they are known. */
        Collection<String> names();

        /** Whether this is one of them, or a setting that is somebody else's. */
        default boolean know(String key) {
            return names().contains(key);
        }

        /** Takes one of them. */
        void take(YamlFile.Entry section, List<ConfigProblem> problems);
    }

    /**
     * Begins with the defaults.
     *
     * @param settings all there are
     * @param environment the process's variables
     */
    public SettingsReader(List<Setting<?>> settings, Path workingDirectory, Map<String, String> environment) {
        this.workingDirectory = workingDirectory;
        this.environment = environment;
        for (Setting<?> setting : settings) {
            this.settings.put(setting.key(), setting);
            String text = setting.defaultText() == null ? "" : setting.defaultText();
            take(setting, text + (setting.kind().list() ? "\n" : ""), workingDirectory, DEFAULT, DEFAULT);
        }
    }

    /** Reads the file over what there is. */
    public void file(Path file, Sections others) {
        wholePlace = file.toString();
        Path base = file.toAbsolutePath().getParent();
        walk(file, base == null ? workingDirectory : base, "", YamlFile.read(file, problems), others);
    }

    private void walk(Path file, Path base, String prefix, Map<String, YamlFile.Entry> entries, Sections others) {
        entries.forEach((name, entry) -> {
            String key = prefix + name;
            Setting<?> setting = settings.get(key);
            if (setting != null) {
                fromFile(file, base, setting, entry.value());
            } else if (settings.keySet().stream().anyMatch(known -> known.startsWith(key + "."))) {
                Map<String, YamlFile.Entry> inner = YamlFile.isNull(entry.value())
                        ? Map.of()
                        : YamlFile.entries(file, entry.value(), "a mapping of settings of " + key, problems);
                walk(file, base, key + ".", inner, others);
            } else if (others.know(key)) {
                others.take(entry, problems);
            } else {
                problems.add(new ConfigProblem(YamlFile.place(file, entry.keyNode()), unknown(key, prefix, others)));
            }
        });
    }

    private String unknown(String key, String prefix, Sections others) {
        TreeSet<String> candidates = new TreeSet<>();
        for (String one : settings.keySet()) {
            if (one.startsWith(prefix)) {
                int dot = one.indexOf('.', prefix.length());
                candidates.add(dot < 0 ? one : one.substring(0, dot));
            }
        }
        if (prefix.isEmpty()) {
            candidates.addAll(others.names());
        }
        return "\"" + key + "\" is not a setting" + Spelling.hint(key, candidates);
    }

    private void fromFile(Path file, Path base, Setting<?> setting, Node value) {
        String place = YamlFile.place(file, value);
        if (value instanceof SequenceNode sequence && setting.kind().list()) {
            sequence(file, base, setting, sequence);
        } else if (value instanceof MappingNode && setting.kind().map()) {
            mapping(file, setting, value);
        } else if (value instanceof ScalarNode scalar) {
            // "key:" with nothing behind it means what the default means.
            String usual = setting.defaultText() == null ? "" : setting.defaultText();
            take(setting, YamlFile.isNull(value) ? usual : scalar.getValue(), base, place, place);
        } else {
            problems.add(wrong(place, setting, YamlFile.shown(value)));
        }
    }

    private void sequence(Path file, Path base, Setting<?> setting, SequenceNode sequence) {
        String place = YamlFile.place(file, sequence);
        List<String> parts = new ArrayList<>();
        int before = problems.size();
        for (Node part : sequence.getValue()) {
            if (part instanceof ScalarNode scalar && !scalar.getValue().isBlank()) {
                take(setting, scalar.getValue() + "\n", base, place, YamlFile.place(file, part));
                parts.add(scalar.getValue());
            } else {
                problems.add(wrong(YamlFile.place(file, part), setting, YamlFile.shown(part)));
            }
        }
        if (problems.size() == before) {
            take(setting, String.join("\n", parts) + "\n", base, place, place);
        }
    }

    private void mapping(Path file, Setting<?> setting, Node value) {
        String place = YamlFile.place(file, value);
        Map<String, String> map = new LinkedHashMap<>();
        YamlFile.entries(file, value, setting.kind().expected(), problems).forEach((name, entry) -> {
            if (entry.value() instanceof ScalarNode scalar) {
                map.put(name, perhapsVariable(file, setting.key() + '.' + name, scalar));
            } else {
                problems.add(wrong(YamlFile.place(file, entry.value()), setting, YamlFile.shown(entry.value())));
            }
        });
        try {
            // Names without values: a property may be a password.
            String shown = String.join(", ", new TreeSet<>(map.keySet()));
            found.put(setting.key(), new Found(setting.kind().ofMap(map), shown, place));
        } catch (Unfit e) {
            problems.add(wrong(place, setting, "a mapping"));
        }
    }

    /** Passwords among properties stay out of the file: {@code env:NAME} is what that environment variable says. */
    private String perhapsVariable(Path file, String key, ScalarNode node) {
        String text = node.getValue();
        if (!text.startsWith(VARIABLE)) {
            return text;
        }
        String value = environment.get(text.substring(VARIABLE.length()));
        if (value == null) {
            problems.add(new ConfigProblem(
                    YamlFile.place(file, node),
                    key + ": \"" + text + "\" (expected: an environment variable that is set)"));
            return "";
        }
        return value;
    }

    /**
     * Reads the variables that begin with {@code TRAILWARDEN_}.
     *
     * @param others those that are no settings
     */
    public void variables(Collection<String> others) {
        Map<String, Setting<?>> variables = new LinkedHashMap<>();
        settings.values().forEach(setting -> variables.put(setting.variable(), setting));
        for (Map.Entry<String, String> variable : new TreeMap<>(environment).entrySet()) {
            String name = variable.getKey();
            if (!name.startsWith("TRAILWARDEN_") || others.contains(name)) {
                continue;
            }
            Setting<?> setting = variables.get(name);
            String origin = "environment variable " + name;
            if (setting == null) {
                problems.add(new ConfigProblem(
                        origin,
                        "is not a setting"
                                + Spelling.nearest(name, variables.keySet())
                                        .map(near -> " (did you mean " + near + "?)")
                                        .orElse(" (`trailwarden config explain` lists them)")));
            } else if (setting.kind().map()) {
                problems.add(new ConfigProblem(origin, setting.key() + " can be set in the file alone"));
            } else {
                take(setting, variable.getValue(), workingDirectory, origin, origin);
            }
        }
    }

    /** Takes what was given on the command line, by setting. */
    public void flags(Map<String, Flag> flags) {
        for (Setting<?> setting : settings.values()) {
            Flag flag = flags.get(setting.key());
            if (flag != null) {
                String text = setting.kind().list() ? flag.text() + "\n" : flag.text();
                take(setting, text, workingDirectory, "flag " + flag.name(), "flag " + flag.name());
            }
        }
    }

    /**
     * The values, once every component can be made of them.
     *
     * @param bindings what the components make of them; what one refuses is told at the setting that it names
     * @throws BadConfigException with every problem
     */
    public Values values(List<Consumer<Values>> bindings) {
        throwProblems();
        Map<String, Object> all = new HashMap<>();
        found.forEach((key, one) -> all.put(key, one.value()));
        Values values = new Values(all);
        for (Consumer<Values> binding : bindings) {
            try {
                binding.accept(values);
            } catch (RefusedException e) {
                problems.add(new ConfigProblem(place(e), String.valueOf(e.getMessage())));
            }
        }
        throwProblems();
        return values;
    }

    private String place(RefusedException refused) {
        return refused.keys().stream()
                .map(found::get)
                .filter(Objects::nonNull)
                .map(Found::origin)
                .filter(origin -> !origin.equals(DEFAULT))
                .findFirst()
                .orElse(wholePlace);
    }

    private void throwProblems() {
        if (!problems.isEmpty()) {
            throw new BadConfigException(problems);
        }
    }

    /** Every setting with where its value came from, in the order in which they were declared; secrets are not told. */
    public List<Explained> explained() {
        return settings.values().stream()
                .map(setting -> {
                    Found one = found.get(setting.key());
                    String text = one == null ? "" : one.text();
                    return new Explained(
                            setting.key(),
                            setting.kind().secret() && !text.isEmpty() ? "(set)" : text,
                            one == null ? DEFAULT : one.origin(),
                            setting.meaning());
                })
                .toList();
    }

    private void take(Setting<?> setting, String text, Path base, String origin, String place) {
        try {
            String shown = text.strip().replace("\n", ", ");
            found.put(setting.key(), new Found(setting.kind().parse(text, base), shown, origin));
        } catch (Unfit e) {
            problems.add(wrong(place, setting, setting.kind().secret() ? "(a secret)" : '"' + text.strip() + '"'));
        }
    }

    private static ConfigProblem wrong(String place, Setting<?> setting, String value) {
        return new ConfigProblem(
                place,
                setting.key() + ": " + value + " (expected: " + setting.kind().expected() + ")");
    }
}
