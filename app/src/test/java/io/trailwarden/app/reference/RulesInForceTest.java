package io.trailwarden.app.reference;

import static org.assertj.core.api.Assertions.assertThat;

import io.trailwarden.app.config.Configuration.Maturity;
import io.trailwarden.detection.reference.Reference;
import io.trailwarden.detection.rules.LoadedRules;
import io.trailwarden.detection.rules.RuleStatus;
import io.trailwarden.event.ReferenceEntry;
import io.trailwarden.settings.ConfigProblem;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Rules as people edit them on disk, up to what the job makes of the entries that are published. */
class RulesInForceTest {

    private static final String ID = "5000000%s-0000-4000-8000-000000000000";
    private static final String KEEPS = " (the file as it was before stays in force)";

    @TempDir
    private Path folder;

    @TempDir
    private Path data;

    private RulesInForce rules;

    @BeforeEach
    void start() {
        rules = new RulesInForce(data.resolve("published.rules"));
    }

    private static String rule(String name, int id, String call) {
        return "title: " + name + "\nname: " + name + "\nid: " + ID.formatted(id)
                + "\nlevel: low\nlogsource: {product: aws, service: cloudtrail}\ndetection:\n  s: {eventName: " + call
                + "}\n  condition: s\n";
    }

    private static final String BURST =
            """
            title: burst
            name: burst
            level: low
            correlation: {type: event_count, rules: [running], generate: true, timespan: 5m, condition: {gte: 3}}
            """;

    private void write(String file, String text) throws IOException {
        Files.writeString(folder.resolve(file), text);
    }

    /** What the job says of the files as they are now, one line a rule or problem. */
    private List<String> status() {
        List<ConfigProblem> problems = new ArrayList<>();
        List<ReferenceEntry> files = new RuleFolders(
                        List.of(folder),
                        Maturity.STABLE,
                        Clock.fixed(Instant.parse("2026-03-02T12:00:00Z"), ZoneOffset.UTC))
                .read(problems);
        assertThat(problems).isEmpty();
        return LoadedRules.of(Reference.EMPTY.withAll(rules.settle(files)), null).status().stream()
                .map(RuleStatus::toString)
                .toList();
    }

    static Stream<Arguments> brokenEdits() {
        return Stream.of(
                Arguments.of("title: [", "m.yml:1:9: failed: not YAML"),
                Arguments.of(
                        rule("running", 1, "x").replace("eventName", "eventName|near"),
                        "m.yml:7:7: failed: eventName|near"),
                Arguments.of("# nothing yet\n", "m.yml:1:1: failed: no rule in it"),
                Arguments.of("", "m.yml:1:1: failed: no rule in it"),
                Arguments.of(
                        rule("running", 2, "x"), "m.yml:1:1: failed: would stop a rule that runs: z-other.yml:1:1: id"),
                Arguments.of(
                        rule("running", 3, "x"), "m.yml:1:1: failed: id 50000003-0000-4000-8000-000000000000 is taken"),
                Arguments.of(rule("renamed", 1, "x"), "m.yml:1:1: failed: would stop a rule that runs: burst.yml:4:"),
                Arguments.of(
                        "title: running\npattern: {detail: {eventName: [{wildcard: '" + "a*".repeat(40) + "'}]}}\n",
                        "m.yml:2:10: failed: pattern: 40 wildcards"),
                Arguments.of(
                        "title: running\ndescription: " + "x".repeat(1_100_000), "m.yml:1:1: failed: larger than"));
    }

    @ParameterizedTest
    @MethodSource("brokenEdits")
    void a_broken_edit_leaves_the_running_rule_in_force_and_is_shown(String edit, String problem) throws IOException {
        write("a-other.yml", rule("other", 3, "ListRoles"));
        write("burst.yml", BURST);
        write("m.yml", rule("running", 1, "ListUsers"));
        write("z-other.yml", rule("another", 2, "ListGroups"));
        List<String> before = status();
        assertThat(before).hasSize(4).allMatch(line -> line.contains(": loaded "));

        write("m.yml", edit);
        List<String> broken = status();

        assertThat(broken).containsAll(before).hasSize(5);
        assertThat(broken)
                .anySatisfy(line -> assertThat(line).startsWith(problem).endsWith(KEEPS));

        rules = new RulesInForce(data.resolve("published.rules"));
        assertThat(status()).as("after a restart").isEqualTo(broken);

        write("m.yml", rule("running", 1, "ListAccessKeys"));
        assertThat(status()).as("mended").isEqualTo(before);
    }

    @Test
    void files_that_only_fit_each_other_come_into_force_together() throws IOException {
        write("burst.yml", BURST);
        write("m.yml", rule("running", 1, "ListUsers"));
        status();

        write("m.yml", rule("renamed", 1, "ListUsers"));
        assertThat(status()).anyMatch(line -> line.contains("failed: would stop a rule that runs"));
        write("burst.yml", BURST.replace("[running]", "[renamed]"));

        assertThat(status()).containsExactly("burst.yml:1:1: loaded burst", "m.yml:1:1: loaded renamed");
    }

    @Test
    void one_broken_edit_holds_back_no_other_edit() throws IOException {
        write("a.yml", rule("a", 1, "ListUsers"));
        write("b.yml", rule("b", 2, "ListUsers"));
        status();

        write("a.yml", "title: [");
        write("b.yml", rule("new-b", 2, "ListUsers"));
        write("c.yml", rule("thief", 1, "ListUsers"));

        assertThat(status())
                .hasSize(4)
                .contains("a.yml:1:1: loaded a", "b.yml:1:1: loaded new-b")
                .anyMatch(line -> line.startsWith("a.yml:1:9: failed: not YAML"))
                .anyMatch(line -> line.startsWith("c.yml:1:1: failed: id 50000001"));
    }

    @Test
    void a_new_file_that_would_stop_a_running_rule_is_left_out() throws IOException {
        write("m.yml", rule("running", 1, "ListUsers"));
        status();

        write("a-thief.yml", rule("thief", 1, "x"));

        assertThat(status())
                .hasSize(2)
                .contains("m.yml:1:1: loaded running")
                .anyMatch(line -> line.startsWith("a-thief.yml:1:1: failed: would stop a rule that runs: m.yml:1:1: id")
                        && line.endsWith(" (the file is left out)"));
    }

    @Test
    void of_a_file_that_was_never_good_what_can_be_read_runs() throws IOException {
        write("m.yml", rule("running", 1, "ListUsers") + "---\ntitle: [");

        assertThat(status())
                .hasSize(2)
                .contains("m.yml:1:1: loaded running")
                .anyMatch(line -> line.contains("failed: not YAML"));
    }

    @Test
    void a_file_that_is_removed_takes_its_rules_with_it() throws IOException {
        write("burst.yml", BURST);
        write("m.yml", rule("running", 1, "ListUsers"));
        status();

        Files.delete(folder.resolve("m.yml"));

        assertThat(status())
                .singleElement()
                .asString()
                .startsWith("burst.yml:4:")
                .contains("failed: rules: \"running\" is no loaded rule");
    }
}
