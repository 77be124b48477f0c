package io.trailwarden.settings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.trailwarden.settings.SettingsReader.Flag;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SettingsReaderTest {

    private static final Setting<String> HOST = new Setting<>("gate.host", Kinds.text("a host"), "here", "where");
    private static final Setting<Integer> PORT = new Setting<>("gate.port", Kinds.integer(0, 9), "1", "which door");
    private static final Setting<String> TOKEN = new Setting<>("gate.token", Kinds.secret(), "", "who may");
    private static final Setting<List<Path>> PATHS = new Setting<>("paths", Kinds.paths(), "", "what is read");
    private static final Setting<List<String>> NAMES = new Setting<>("names", Kinds.names("a", "b"), "a", "which ones");
    private static final Setting<Map<String, String>> PROPERTIES =
            new Setting<>("gate.properties", Kinds.map(), "", "further ones");
    private static final List<Setting<?>> ALL = List.of(HOST, PORT, TOKEN, PATHS, NAMES, PROPERTIES);

    @TempDir
    Path directory;

    private final List<String> taken = new ArrayList<>();

    private final class Others implements SettingsReader.Sections {
        @Override
        public Collection<String> names() {
            return Set.of("others");
        }

        @Override
        public void take(YamlFile.Entry section, List<ConfigProblem> problems) {
            taken.add(section.key());
        }
    }

    @Test
    void without_anything_there_are_the_defaults() {
        SettingsReader reader = new SettingsReader(ALL, directory, Map.of());

        Values values = reader.values(List.of());

        assertThat(values.get(HOST)).isEqualTo("here");
        assertThat(values.get(PORT)).isEqualTo(1);
        assertThat(values.get(PATHS)).isEmpty();
        assertThat(values.get(NAMES)).containsExactly("a");
        assertThat(reader.explained())
                .extracting(Explained::key)
                .containsExactly("gate.host", "gate.port", "gate.token", "paths", "names", "gate.properties");
        assertThat(reader.explained()).extracting(Explained::origin).containsOnly("default");
    }

    @Test
    void the_file_wins_over_defaults_variables_over_the_file_and_flags_over_all() throws IOException {
        SettingsReader reader = new SettingsReader(
                ALL, directory, Map.of("TRAILWARDEN_GATE_PORT", "3", "TRAILWARDEN_NAMES", "b,a", "HOME", "/"));
        reader.file(write("gate: {host: there, port: 2}\nnames: [b]\nothers: {x: y}\n"), new Others());
        reader.variables(List.of());
        reader.flags(Map.of("names", new Flag("--name", "a"), "paths", new Flag("--path", "x, y")));

        Values values = reader.values(List.of());

        assertThat(values.get(HOST)).isEqualTo("there");
        assertThat(values.get(PORT)).isEqualTo(3);
        assertThat(values.get(NAMES)).containsExactly("a");
        assertThat(values.get(PATHS)).as("a flag's comma is its own").containsExactly(directory.resolve("x, y"));
        assertThat(reader.explained())
                .extracting(Explained::origin)
                .containsExactly(
                        file() + ":1:14",
                        "environment variable TRAILWARDEN_GATE_PORT",
                        "default",
                        "flag --path",
                        "flag --name",
                        "default");
        assertThat(taken).containsExactly("others");
    }

    @Test
    void a_path_in_the_file_is_relative_to_the_file_and_elsewhere_to_the_working_directory() throws IOException {
        Path elsewhere = Files.createDirectory(directory.resolve("elsewhere"));
        SettingsReader reader = new SettingsReader(ALL, elsewhere, Map.of());
        reader.file(write("paths: x\n"), new Others());

        assertThat(reader.values(List.of()).get(PATHS)).containsExactly(directory.resolve("x"));

        reader.flags(Map.of("paths", new Flag("--path", "x")));
        assertThat(reader.values(List.of()).get(PATHS)).containsExactly(elsewhere.resolve("x"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "gat: {port: 2}           | 1:1  | \"gat\" is not a setting (did you mean \"gate\"?)",
                "othres: 1                | 1:1  | \"othres\" is not a setting (did you mean \"others\"?)",
                "gate: {others: 1}        | 1:8  | \"gate.others\" is not a setting (expected: one of gate.host,"
                        + " gate.port, gate.properties, gate.token)",
                "gate: 7                  | 1:7  | \"7\" (expected: a mapping of settings of gate)",
                "gate: {port: [1]}        | 1:14 | gate.port: a sequence (expected: a whole number from 0 to 9)",
                "gate: {port: {a: 1}}     | 1:14 | gate.port: a mapping (expected: a whole number from 0 to 9)",
                "names: [a, x]            | 1:12 | names: \"x\" (expected: a list of: a, b)",
                "names: [a, [b]]          | 1:12 | names: a sequence (expected: a list of: a, b)",
                "gate: {properties: x}    | 1:20 | gate.properties: \"x\" (expected: a mapping of names to texts)",
                "gate: {properties: {a: 'env:NOT_SET'}} | 1:24 | gate.properties.a: \"env:NOT_SET\" (expected: an"
                        + " environment variable that is set)",
                "? [a]                    | 1:3  | a name is expected here",
                "hello                    | 1:1  | \"hello\" (expected: a mapping of settings)",
            })
    void what_is_wrong_is_told_with_value_place_and_what_was_expected(String yaml, String place, String message)
            throws IOException {
        assertThat(problems(yaml, List.of())).containsExactly(file() + ":" + place + ": " + message);
    }

    @Test
    void what_a_component_refuses_is_told_at_the_setting_that_it_names() throws IOException {
        Consumer<Values> gate = values -> {
            if (values.get(HOST).equals("there") && values.get(TOKEN).isEmpty()) {
                throw new RefusedException(HOST, "\"there\"", "a token beside it");
            }
        };

        assertThat(problems("gate:\n  port: 2\n  host: there\n", List.of(gate)))
                .containsExactly(file() + ":3:9: gate.host: \"there\" (expected: a token beside it)");
        assertThat(values("gate: {host: there, token: x}\n", List.of(gate)).get(HOST))
                .isEqualTo("there");
    }

    @Test
    void what_is_absent_is_told_where_it_is_needed_or_of_the_whole_file() throws IOException {
        RefusedException refused = new RefusedException(TOKEN, "\"\"", "a token");
        Consumer<Values> named = values -> {
            throw refused.because(NAMES);
        };
        Consumer<Values> alone = values -> {
            throw refused;
        };

        assertThat(problems("\nnames: [b]\n", List.of(named, alone)))
                .containsExactly(
                        file() + ":2:8: gate.token: \"\" (expected: a token)",
                        file() + ": gate.token: \"\" (expected: a token)");
    }

    @Test
    void no_component_is_asked_about_values_that_are_none() throws IOException {
        List<String> asked = new ArrayList<>();

        assertThat(problems("gate: {port: x}\n", List.of(values -> asked.add("asked"))))
                .hasSize(1);

        assertThat(asked).isEmpty();
    }

    @Test
    void a_misspelt_variable_is_an_error_and_somebody_elses_is_not() {
        SettingsReader reader = new SettingsReader(
                ALL,
                directory,
                Map.of("TRAILWARDEN_GATE_PROT", "1", "TRAILWARDEN_JAVA", "/x", "TRAILWARDEN_GATE_PROPERTIES", "a"));
        reader.variables(List.of("TRAILWARDEN_JAVA"));

        assertThatThrownBy(() -> reader.values(List.of()))
                .hasMessage("environment variable TRAILWARDEN_GATE_PROPERTIES: gate.properties can be set in the file"
                        + " alone\n"
                        + "environment variable TRAILWARDEN_GATE_PROT: is not a setting"
                        + " (did you mean TRAILWARDEN_GATE_PORT?)");
    }

    @Test
    void no_secret_is_told_neither_right_nor_wrong() throws IOException {
        Setting<String> strict = new Setting<>(
                "strict",
                new Setting.Kind<>() {
                    @Override
                    public String parse(String text, Path base) throws Setting.Unfit {
                        if (text.startsWith("swordfish")) {
                            throw new Setting.Unfit();
                        }
                        return text;
                    }

                    @Override
                    public String expected() {
                        return "another one";
                    }

                    @Override
                    public boolean secret() {
                        return true;
                    }
                },
                "",
                "x");
        SettingsReader wrong = new SettingsReader(List.of(strict), directory, Map.of());
        wrong.file(write("strict: swordfish\n"), new Others());
        assertThatThrownBy(() -> wrong.values(List.of()))
                .hasMessage(file() + ":1:9: strict: (a secret) (expected: another one)");

        SettingsReader right = new SettingsReader(ALL, directory, Map.of("PASSWORD", "swordfish"));
        right.file(write("gate: {token: swordfish, properties: {b: env:PASSWORD, a: swordfish}}\n"), new Others());
        assertThat(right.values(List.of()).get(PROPERTIES)).isEqualTo(Map.of("a", "swordfish", "b", "swordfish"));
        assertThat(right.explained().toString()).doesNotContain("swordfish").contains("(set)", "a, b");
    }

    @Test
    void a_key_or_a_section_with_nothing_behind_it_means_the_default() throws IOException {
        Values values = values("gate:\nnames:\n", List.of());

        assertThat(values.get(PORT)).isEqualTo(1);
        assertThat(values.get(NAMES)).containsExactly("a");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "'names: [a\nx'                   | :2:2: not YAML: ",
                "'names: a\nnames: b\n'           | :2",
                "'names: a\n---\nnames: b\n'      | :2",
                "'names: &a [*a]\n'               | :1:8",
            })
    void what_is_no_yaml_or_more_than_one_is_told_with_its_place(String yaml, String place) throws IOException {
        assertThat(problems(yaml.replace("\\n", "\n"), List.of()))
                .isNotEmpty()
                .allSatisfy(problem -> assertThat(problem).startsWith(file() + place));
    }

    @Test
    void a_file_that_cannot_be_read_is_a_problem() throws IOException {
        assertThat(problemsOf(directory.resolve("nowhere.yaml")))
                .containsExactly(directory.resolve("nowhere.yaml") + ": does not exist");
        Files.write(file(), "names: [a]".getBytes(StandardCharsets.UTF_16LE));
        assertThat(problemsOf(file())).singleElement().asString().startsWith(file() + ":");
        Files.write(file(), new byte[] {'a', ':', ' ', (byte) 0xff});
        assertThat(problemsOf(file())).containsExactly(file() + ": not UTF-8");
        Files.write(file(), new byte[16 * 1024 * 1024 + 1]);
        assertThat(problemsOf(file())).containsExactly(file() + ": larger than 16777216 bytes");
    }

    private List<String> problemsOf(Path path) {
        SettingsReader reader = new SettingsReader(ALL, directory, Map.of());
        reader.file(path, new Others());
        BadConfigException e = catchThrowableOfType(BadConfigException.class, () -> reader.values(List.of()));
        assertThat(e).as("refused").isNotNull();
        return e.problems().stream().map(ConfigProblem::toString).toList();
    }

    private List<String> problems(String yaml, List<Consumer<Values>> bindings) throws IOException {
        write(yaml);
        BadConfigException e = catchThrowableOfType(BadConfigException.class, () -> values(yaml, bindings));
        assertThat(e).as("refused").isNotNull();
        return e.problems().stream().map(ConfigProblem::toString).toList();
    }

    private Values values(String yaml, List<Consumer<Values>> bindings) throws IOException {
        SettingsReader reader = new SettingsReader(ALL, directory, Map.of());
        reader.file(write(yaml), new Others());
        return reader.values(bindings);
    }

    private Path file() {
        return directory.resolve("trailwarden.yaml");
    }

    private Path write(String yaml) throws IOException {
        return Files.writeString(file(), yaml);
    }
}
