package io.trailwarden.settings;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SettingsEntryTest {

    private static final Setting<String> NAME = Setting.required("name", Kinds.filled("a name"), "what it is called");
    private static final Setting<List<String>> DOORS =
            new Setting<>("doors", Kinds.names("front", "back"), "front", "which doors");
    private static final Setting<Duration> WAIT =
            new Setting<>("wait", Kinds.duration(Duration.ZERO, Duration.ofHours(1)), "1m", "how long");
    private static final Setting<String> TOKEN = new Setting<>("token", Kinds.secret(), "", "who may");
    private static final List<Setting<?>> MEMBERS = List.of(NAME, DOORS, WAIT, TOKEN);

    @TempDir
    Path directory;

    private final List<ConfigProblem> problems = new ArrayList<>();

    @Test
    void members_are_settings_with_defaults_of_their_own() throws IOException {
        List<SettingsEntry> entries = entries("gates:\n  - {name: a}\n  - {name: b, doors: [back], wait: 2m}\n");

        Values first = entries.get(0).values(MEMBERS, "a gate");
        assertThat(first.get(NAME)).isEqualTo("a");
        assertThat(first.get(DOORS)).containsExactly("front");
        assertThat(first.get(WAIT)).isEqualTo(Duration.ofMinutes(1));
        Values second = entries.get(1).values(MEMBERS, "a gate");
        assertThat(second.get(DOORS)).containsExactly("back");
        assertThat(second.get(WAIT)).isEqualTo(Duration.ofMinutes(2));
        assertThat(entries.get(1).text(WAIT)).isEqualTo("2m");
        assertThat(entries.get(0).text(WAIT)).isEmpty();
        assertThat(problems).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "- {name: a, dors: [back]}         | 2:13 | \"dors\" is not a member of a gate (did you mean \"doors\"?)",
                "- {name: a, x: 1}                 | 2:13 | \"x\" is not a member of a gate (expected: one of name,"
                        + " doors, wait, token)",
                "- {wait: 1m}                      | 2:3  | gates: a gate without name (expected: what it is called)",
                "- {name: ''}                      | 2:10 | gates.name: \"\" (expected: a name)",
                "- {name: [a]}                     | 2:10 | gates.name: a sequence (expected: a name)",
                "- {name: a, wait: 2h}             | 2:19 | gates.wait: \"2h\" (expected: a duration from 0d to 1h, such"
                        + " as 500ms, 5s, 10m, 2h or 1d)",
                "- {name: a, doors: [back, side]}  | 2:27 | gates.doors: \"side\" (expected: a list of: front, back)",
                "- {name: a, doors: [back, '']}    | 2:27 | gates.doors: \"\" (expected: a list of: front, back)",
                "- {name: a, token: [x]}           | 2:20 | gates.token: (a secret) (expected: a text that is hard to"
                        + " guess)",
                "- 7                               | 2:3  | \"7\" (expected: a mapping, an entry of gates)",
            })
    void what_is_wrong_is_told_at_the_members_own_place(String entry, String place, String message) throws IOException {
        entries("gates:\n" + entry + "\n").forEach(each -> each.values(MEMBERS, "a gate"));

        assertThat(problems).extracting(ConfigProblem::toString).containsExactly(file() + ":" + place + ": " + message);
    }

    @Test
    void a_section_that_is_no_sequence_is_refused() throws IOException {
        assertThat(entries("gates: name\n")).isEmpty();
        assertThat(problems)
                .extracting(ConfigProblem::toString)
                .containsExactly(file() + ":1:8: gates: \"name\" (expected: a sequence of mappings)");
    }

    @Test
    void every_problem_of_an_entry_is_told_at_once() throws IOException {
        List<SettingsEntry> entries = entries("gates:\n  - {wait: x, doors: [side], y: 1}\n");

        assertThat(entries.get(0).values(MEMBERS, "a gate")).isNull();
        assertThat(problems)
                .extracting(ConfigProblem::place)
                .containsExactly(file() + ":2:12", file() + ":2:23", file() + ":2:30", file() + ":2:5");
    }

    @Test
    void what_a_component_refuses_is_told_at_the_member_that_it_names() throws IOException {
        SettingsEntry entry = entries("gates:\n  - name: a\n    wait: 2m\n").get(0);
        Values values = entry.values(MEMBERS, "a gate");

        assertThat(entry.<String>bind(values, said -> {
                    throw new RefusedException(WAIT, "2 min", "no time at all");
                }))
                .isNull();
        assertThat(entry.<String>bind(values, said -> {
                    throw new RefusedException(TOKEN, "none", "one");
                }))
                .isNull();
        assertThat(entry.<String>bind(values, said -> {
                    throw new IllegalArgumentException("it is closed");
                }))
                .isNull();
        String name = entry.bind(values, said -> said.get(NAME));
        assertThat(name).isEqualTo("a");
        assertThat(problems)
                .extracting(ConfigProblem::toString)
                .containsExactly(
                        file() + ":3:11: gates.wait: 2 min (expected: no time at all)",
                        file() + ":2:5: gates.token: none (expected: one)",
                        file() + ":2:5: gates: it is closed");
    }

    @Test
    void a_section_with_nothing_in_it_is_empty() throws IOException {
        assertThat(entries("gates:\n")).isEmpty();
        assertThat(entries("gates: []\n")).isEmpty();
        assertThat(problems).isEmpty();
    }

    private Path file() {
        return directory.resolve("trailwarden.yaml");
    }

    private List<SettingsEntry> entries(String yaml) throws IOException {
        Files.writeString(file(), yaml);
        YamlFile.Entry section = YamlFile.read(file(), problems).get("gates");
        return section == null ? List.of() : SettingsEntry.all(file(), section.value(), "gates", problems);
    }
}
