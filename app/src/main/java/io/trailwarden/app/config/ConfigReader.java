package io.trailwarden.app.config;

import io.trailwarden.app.config.Setting.Unfit;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;

/**
 * Reads the configuration: defaults, then the file, then environment variables, then flags; the later wins.
 *
 * <p>Everything is checked and every problem reported at once. Unknown names are refused, because a misspelt setting that
 * is silently ignored is worse than an error. Relative paths in the file are relative to the file, in variables and flags
 * to the working directory. In settings that are mappings, a value {@code env:NAME} is what that variable says.
 */
public final class ConfigReader {

    /** The file that is read when none is named and it is there. */
    public static final String DEFAULT_FILE = "trailwarden.yaml";

    /** Variables that are ours but are no settings: the launcher reads them. */
    private static final List<String> LAUNCHER_VARIABLES =
            List.of("TRAILWARDEN_JAVA", "TRAILWARDEN_JAVA_OPTS", "TRAILWARDEN_LOG", "TRAILWARDEN_LIBRARIES_LOG");

    private static final String VARIABLE = "env:";

    private final List<ConfigProblem> problems = new ArrayList<>();
    private final Map<String, Found<?>> found = new HashMap<>();
    private final Path workingDirectory;
    private final Map<String, String> environment;
    private List<AwsInput> aws = List.of();
    private String awsOrigin = "default";

    private record Found<T>(T value, String text, String origin) {}

    private ConfigReader(Path workingDirectory, Map<String, String> environment) {
        this.workingDirectory = workingDirectory;
        this.environment = environment;
    }

    /**
     * Reads and checks.
     *
     * @param file the file, or null for none
     * @param environment the process's variables
     * @param flags values given as flags, by setting
     * @throws BadConfigException with every problem
     */
    public static Configuration read(
            @Nullable Path file, Path workingDirectory, Map<String, String> environment, Map<String, Flag> flags) {
        ConfigReader reader = new ConfigReader(workingDirectory, environment);
        reader.defaults();
        if (file != null) {
            reader.file(file);
        }
        reader.variables();
        reader.flags(flags);
        if (!reader.problems.isEmpty()) {
            throw new BadConfigException(reader.problems);
        }
        return reader.configuration(file);
    }

    /** A setting given on the command line: what was typed, and the flag's name. */
    public record Flag(String name, String text) {}

    private void defaults() {
        for (Setting<?> setting : KnownSettings.ALL) {
            take(
                    setting,
                    setting.defaultText() + (setting.kind().list() ? "\n" : ""),
                    workingDirectory,
                    "default",
                    "default of " + setting.key());
        }
    }

    private void file(Path file) {
        Path base = file.toAbsolutePath().getParent();
        Map<String, Setting<?>> settings = new LinkedHashMap<>();
        KnownSettings.ALL.forEach(setting -> settings.put(setting.key(), setting));
        walk(file, base == null ? workingDirectory : base, "", YamlFile.read(file, problems), settings);
    }

    private void walk(
            Path file,
            Path base,
            String prefix,
            Map<String, YamlFile.Entry> entries,
            Map<String, Setting<?>> settings) {
        entries.forEach((name, entry) -> {
            String key = prefix + name;
            Setting<?> setting = settings.get(key);
            if (key.equals(AwsInputs.SECTION)) {
                aws = AwsInputs.read(file, entry.value(), problems);
                awsOrigin = YamlFile.place(file, entry.value());
            } else if (setting != null) {
                fromFile(file, base, setting, entry.value());
            } else if (settings.keySet().stream().anyMatch(known -> known.startsWith(key + "."))) {
                walk(
                        file,
                        base,
                        key + ".",
                        YamlFile.entries(file, entry.value(), "a mapping of settings of " + key, problems),
                        settings);
            } else if (!prefix.isEmpty() || !ReferenceFile.SECTIONS.containsKey(name)) {
                problems.add(new ConfigProblem(
                        YamlFile.place(file, entry.keyNode()), unknown(key, prefix, settings.keySet())));
            }
        });
    }

    private static String unknown(String key, String prefix, Iterable<String> known) {
        TreeSet<String> candidates = new TreeSet<>();
        for (String one : known) {
            if (one.startsWith(prefix)) {
                int dot = one.indexOf('.', prefix.length());
                candidates.add(dot < 0 ? one : one.substring(0, dot));
            }
        }
        if (prefix.isEmpty()) {
            candidates.addAll(ReferenceFile.SECTIONS.keySet());
            candidates.add(AwsInputs.SECTION);
        }
        return "\"" + key + "\" is not a setting"
                + Spelling.nearest(key, candidates)
                        .map(near -> " (did you mean \"" + near + "\"?)")
                        .orElse(" (expected: one of " + String.join(", ", candidates) + ")");
    }

    private <T> void fromFile(Path file, Path base, Setting<T> setting, Node value) {
        String place = YamlFile.place(file, value);
        if (value instanceof SequenceNode sequence && setting.kind().list()) {
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
        } else if (value instanceof MappingNode && setting.kind().map()) {
            Map<String, String> map = new LinkedHashMap<>();
            YamlFile.entries(file, value, setting.kind().expected(), problems).forEach((name, entry) -> {
                if (entry.value() instanceof ScalarNode scalar) {
                    map.put(name, perhapsVariable(file, setting.key() + '.' + name, scalar));
                } else {
                    problems.add(wrong(YamlFile.place(file, entry.value()), setting, YamlFile.shown(entry.value())));
                }
            });
            try {
                found.put(setting.key(), new Found<>(setting.kind().ofMap(map), shownSecretless(map), place));
            } catch (Unfit e) {
                problems.add(wrong(place, setting, "a mapping"));
            }
        } else if (value instanceof ScalarNode scalar) {
            // "key:" with nothing behind it means what the default means.
            String text = scalar.getTag().getValue().endsWith(":null") ? setting.defaultText() : scalar.getValue();
            take(setting, text, base, place, place);
        } else {
            problems.add(wrong(place, setting, YamlFile.shown(value)));
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

    /** Names without values: a property may be a password. */
    private static String shownSecretless(Map<String, String> map) {
        return String.join(", ", new TreeSet<>(map.keySet()));
    }

    private void variables() {
        Map<String, Setting<?>> variables = new LinkedHashMap<>();
        KnownSettings.ALL.stream()
                .filter(setting -> !setting.kind().map())
                .forEach(setting -> variables.put(setting.variable(), setting));
        for (String name : new TreeSet<>(environment.keySet())) {
            if (!name.startsWith("TRAILWARDEN_") || LAUNCHER_VARIABLES.contains(name)) {
                continue;
            }
            Setting<?> setting = variables.get(name);
            if (setting == null) {
                problems.add(new ConfigProblem(
                        "environment variable " + name,
                        "is not a setting"
                                + Spelling.nearest(name, variables.keySet())
                                        .map(near -> " (did you mean " + near + "?)")
                                        .orElse(" (`trailwarden config explain` lists them)")));
            } else {
                String origin = "environment variable " + name;
                take(setting, environment.get(name), workingDirectory, origin, origin);
            }
        }
    }

    private void flags(Map<String, Flag> flags) {
        for (Setting<?> setting : KnownSettings.ALL) {
            Flag flag = flags.get(setting.key());
            if (flag != null) {
                String text = setting.kind().list() ? flag.text() + "\n" : flag.text();
                take(setting, text, workingDirectory, "flag " + flag.name(), "flag " + flag.name());
            }
        }
    }

    private <T> void take(Setting<T> setting, String text, Path base, String origin, String place) {
        try {
            String shown = text.strip().replace("\n", ", ");
            found.put(setting.key(), new Found<>(setting.kind().parse(text, base), shown, origin));
        } catch (Unfit e) {
            problems.add(wrong(place, setting, setting.kind().secret() ? "(a secret)" : '"' + text.strip() + '"'));
        }
    }

    private static ConfigProblem wrong(String place, Setting<?> setting, String value) {
        return new ConfigProblem(
                place,
                setting.key() + ": " + value + " (expected: " + setting.kind().expected() + ")");
    }

    private Configuration configuration(@Nullable Path file) {
        List<Path> reference = new ArrayList<>();
        if (file != null) {
            reference.add(file);
        }
        reference.addAll(get(KnownSettings.REFERENCE));
        List<Configuration.Explained> explained = new ArrayList<>();
        for (Setting<?> setting : KnownSettings.ALL) {
            Found<?> one = found.get(setting.key());
            if (one == null) {
                throw new IllegalStateException("no default for " + setting.key());
            }
            explained.add(new Configuration.Explained(
                    setting.key(),
                    setting.kind().secret() && !one.text().isEmpty() ? "(set)" : one.text(),
                    one.origin(),
                    setting.meaning()));
        }
        explained.add(new Configuration.Explained(
                AwsInputs.SECTION,
                String.join(", ", aws.stream().map(AwsInput::source).toList()),
                awsOrigin,
                "inputs in AWS, a sequence of mappings; only in the file"));
        for (AwsInputs.Member member : AwsInputs.MEMBERS) {
            String text = member.defaultText();
            explained.add(new Configuration.Explained(
                    AwsInputs.SECTION + "[]." + member.name(),
                    text == null ? "(required)" : text,
                    "default",
                    member.meaning() + " (" + String.join(", ", member.kinds()) + ")"));
        }
        return new Configuration(
                file,
                get(KnownSettings.DATA).toAbsolutePath().normalize(),
                get(KnownSettings.INPUTS),
                get(KnownSettings.FOLLOW),
                aws,
                List.copyOf(reference),
                get(KnownSettings.RULES),
                get(KnownSettings.MATURITY),
                new Configuration.Kafka(
                        get(KnownSettings.KAFKA_BOOTSTRAP),
                        get(KnownSettings.KAFKA_PORT).intValue(),
                        get(KnownSettings.KAFKA_PARTITIONS).intValue(),
                        get(KnownSettings.KAFKA_REPLICATION).intValue(),
                        get(KnownSettings.KAFKA_PROPERTIES)),
                new Configuration.Processing(
                        get(KnownSettings.PARALLELISM).intValue(),
                        get(KnownSettings.CHECKPOINT_INTERVAL),
                        get(KnownSettings.STATE_BACKEND),
                        get(KnownSettings.DISORDER),
                        get(KnownSettings.MAX_KEYS)),
                new Configuration.Storage(get(KnownSettings.CATALOG)),
                get(KnownSettings.SINKS),
                new Configuration.Notices(
                        get(KnownSettings.NOTICE_SEVERITY),
                        get(KnownSettings.NOTICE_PER_MINUTE).intValue(),
                        get(KnownSettings.NOTICE_CONSOLE)),
                new Configuration.Sns(get(KnownSettings.SNS_TOPIC), aws(KnownSettings.SNS)),
                new Configuration.Webhook(
                        get(KnownSettings.WEBHOOK_URL),
                        get(KnownSettings.WEBHOOK_TEMPLATE),
                        get(KnownSettings.WEBHOOK_SECRET),
                        get(KnownSettings.WEBHOOK_ROUTING_KEY)),
                new Configuration.SecurityHub(get(KnownSettings.HUB_ACCOUNT), aws(KnownSettings.HUB)),
                get(KnownSettings.METRICS_LISTEN),
                new Configuration.Console(
                        get(KnownSettings.CONSOLE_ENABLED),
                        get(KnownSettings.CONSOLE_HOST),
                        get(KnownSettings.CONSOLE_PORT).intValue(),
                        get(KnownSettings.CONSOLE_TOKEN),
                        get(KnownSettings.CONSOLE_HOST_NAMES)),
                List.copyOf(explained));
    }

    private Configuration.Aws aws(KnownSettings.AwsSettings settings) {
        return new Configuration.Aws(
                get(settings.region()),
                get(settings.profile()),
                get(settings.role()),
                get(settings.externalId()),
                get(settings.endpoint()));
    }

    @SuppressWarnings("unchecked")
    private <T> T get(Setting<T> setting) {
        // take() put it there under this very setting, so it is of its type.
        Found<T> one = (Found<T>) found.get(setting.key());
        if (one == null) {
            throw new IllegalStateException("no default for " + setting.key());
        }
        return one.value();
    }

    /** A duration as people write it in the file and in flags, such as {@code 90s} or {@code 2h}. */
    public static @Nullable Duration duration(String text) {
        try {
            return Kinds.duration(text);
        } catch (Unfit e) {
            return null;
        }
    }
}
