package io.trailwarden.app.command.rules;

import static org.assertj.core.api.Assertions.assertThat;

import io.trailwarden.app.command.Trailwarden;
import io.trailwarden.app.terminal.ExitCode;
import io.trailwarden.app.terminal.Io;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RulesCommandTest {

    @TempDir
    Path folder;

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();

    @BeforeEach
    void writeFiles() throws IOException {
        Files.createDirectories(folder.resolve("rules"));
        Files.writeString(
                folder.resolve("rules/logins.yml"),
                """
                title: Failed login
                id: 583295b6-0000-4000-8000-000000000001
                name: failed
                level: low
                logsource: {product: aws, service: cloudtrail}
                detection:
                  selection: {eventName: ConsoleLogin, errorMessage: Failed authentication}
                  condition: selection
                tests:
                  - match: {eventName: ConsoleLogin, errorMessage: failed authentication}
                  - miss: {eventName: ConsoleLogin}
                ---
                title: Many failed logins
                id: 583295b6-0000-4000-8000-000000000002
                level: high
                correlation:
                  type: event_count
                  rules: [failed]
                  group-by: [sourceIPAddress]
                  timespan: 5m
                  condition: {gte: 2}
                ---
                title: Root
                id: 583295b6-0000-4000-8000-000000000003
                level: high
                logsource: {product: aws, service: cloudtrail}
                detection:
                  selection: {userIdentity.type: Root}
                  condition: selection
                """);
        Files.writeString(
                folder.resolve("events.jsonl"),
                """
                {"Records":[{"eventID":"e1","eventTime":"2026-11-22T12:00:00Z","eventName":"ConsoleLogin","errorMessage":"Failed authentication","sourceIPAddress":"192.0.2.1"},{"eventID":"e2","eventTime":"2026-11-22T12:01:00Z","eventName":"ConsoleLogin","errorMessage":"Failed authentication","sourceIPAddress":"192.0.2.1","userIdentity":{"type":"Root"}}]}
                {"eventID":"e3","eventTime":"2026-11-22T12:02:00Z","eventName":"ListUsers"}
                """);
    }

    private int run(String... args) {
        out.reset();
        err.reset();
        Io io = new Io(
                new PrintStream(out, true, StandardCharsets.UTF_8),
                new PrintStream(err, true, StandardCharsets.UTF_8),
                Map.of(),
                folder,
                false,
                false,
                Clock.systemUTC());
        return Trailwarden.run(io, args);
    }

    private String printed() {
        return out.toString(StandardCharsets.UTF_8);
    }

    @Test
    void match_prints_records_with_their_rules_then_correlations_and_no_silent_rule() {
        assertThat(run("rules", "match", "rules", "--input", "events.jsonl", "--json"))
                .isEqualTo(ExitCode.FINE);
        assertThat(printed().lines())
                .containsExactly(
                        "{\"file\":\"" + folder.resolve("events.jsonl")
                                + "\",\"record\":1,\"event_id\":\"e2\",\"rules\":[\"583295b6-0000-4000-8000-000000000003\"]}",
                        "{\"correlation\":\"583295b6-0000-4000-8000-000000000002\",\"first_time\":\"2026-11-22T12:01:00Z\","
                                + "\"group\":{\"sourceIPAddress\":\"192.0.2.1\"},\"event_ids\":[\"e1\",\"e2\"]}");
        assertThat(err.toString(StandardCharsets.UTF_8)).contains("3 records, 1 match, 1 findings of correlations");
    }

    @Test
    void check_names_the_place_of_what_is_wrong_and_fails() throws IOException {
        Files.writeString(
                folder.resolve("rules/bad.yml"),
                """
                title: Old
                logsource: {product: aws}
                detection:
                  selection: {eventName: ConsoleLogin}
                  condition: selection | count() > 5
                """);
        assertThat(run("rules", "check", "rules")).isEqualTo(ExitCode.FAILED);
        assertThat(printed()).contains("bad.yml:5:14: error: condition: ", "correlation");
    }

    @Test
    void check_doubts_fields_that_no_record_has() throws IOException {
        Files.writeString(
                folder.resolve("rules/typo.yml"),
                """
                title: Typo
                id: 583295b6-0000-4000-8000-000000000009
                level: low
                logsource: {product: aws, service: cloudtrail}
                detection:
                  selection: {eventname: ConsoleLogin}
                  condition: selection
                """);
        assertThat(run("rules", "check", "rules")).isEqualTo(ExitCode.FINE);
        assertThat(printed())
                .contains(
                        "typo.yml:6:15: warning: field eventname: no CloudTrail record has eventname (expected: eventName)");
    }

    @Test
    void match_coverage_and_explain_read_what_run_reads_and_fail_on_what_it_refuses() throws IOException {
        String record = "{\"eventVersion\":\"1.10\",\"eventID\":\"r\",\"eventTime\":\"2026-11-22T12:00:00Z\","
                + "\"eventSource\":\"s\",\"eventName\":\"x\",\"userIdentity\":{\"type\":\"Root\"}}";
        String text = '"' + record.replace("\"", "\\\"") + '"';
        Map<String, String> forms = Map.of(
                "bare", record,
                "records", "{\"Records\":[" + record + "]}",
                "eventbridge", "{\"detail-type\":\"AWS API Call via CloudTrail\",\"detail\":" + record + "}",
                "subscription", "{\"messageType\":\"DATA_MESSAGE\",\"logEvents\":[{\"message\":" + text + "}]}",
                "filter", "{\"events\":[{\"message\":" + text + "}]}",
                "lookup", "{\"Events\":[{\"CloudTrailEvent\":" + text + "}]}",
                "tail", "2026-11-22T12:00:00+00:00 stream " + record,
                "unknown", "{\"log\":" + text + "}");
        Path inputs = Files.createDirectories(folder.resolve("forms"));
        for (Map.Entry<String, String> form : forms.entrySet()) {
            Files.writeString(inputs.resolve(form.getKey()), form.getValue() + "\n");
        }
        assertThat(run("rules", "match", "rules", "--input", "forms", "--json")).isEqualTo(ExitCode.FINE);
        assertThat(err.toString(StandardCharsets.UTF_8)).contains("8 records, 8 match", "0 unreadable");
        assertThat(run("rules", "coverage", "rules", "--ordinary", "forms")).isEqualTo(ExitCode.FINE);
        assertThat(printed()).contains("(8 records)");
        assertThat(run("rules", "explain", "rules/logins.yml", "forms/lookup")).isEqualTo(ExitCode.FINE);
        assertThat(printed()).contains("+ userIdentity.type: found");

        Files.writeString(inputs.resolve("broken"), "{\"eventVersion\":\"1.10\",\n");
        for (List<String> command : List.of(
                List.of("match", "rules", "--input", "forms"),
                List.of("coverage", "rules", "--ordinary", "forms"),
                List.of("explain", "rules/logins.yml", "forms/broken"))) {
            List<String> words = new java.util.ArrayList<>(command);
            words.add(0, "rules");
            assertThat(run(words.toArray(String[]::new))).as("%s", command).isEqualTo(ExitCode.FAILED);
            assertThat(err.toString(StandardCharsets.UTF_8)).as("%s", command).contains("broken: record 0, line 1");
        }
        Files.writeString(folder.resolve("none.json"), "{\"Records\":[]}");
        assertThat(run("rules", "explain", "rules/logins.yml", "none.json")).isEqualTo(ExitCode.FAILED);
        assertThat(err.toString(StandardCharsets.UTF_8)).contains("no record in it");
    }

    @Test
    void test_wants_a_match_and_a_near_miss_of_every_rule() {
        assertThat(run("rules", "test", "rules")).isEqualTo(ExitCode.FAILED);
        assertThat(printed()).contains("0 matches and 0 misses under tests").doesNotContain("logins.yml:1:");
        assertThat(err.toString(StandardCharsets.UTF_8)).contains("2 tests passed, 2 failed");
    }

    @Test
    void test_runs_the_tests_beside_a_rule_and_those_of_correlations() throws IOException {
        Files.writeString(
                folder.resolve("rules/logins.test.yml"),
                """
                rule: 583295b6-0000-4000-8000-000000000002
                tests:
                  - name: twice
                    match: true
                    events:
                      - {eventName: ConsoleLogin, errorMessage: Failed authentication, sourceIPAddress: 192.0.2.1, eventTime: "2026-11-22T12:00:00Z"}
                      - {eventName: ConsoleLogin, errorMessage: Failed authentication, sourceIPAddress: 192.0.2.1, eventTime: "2026-11-22T12:04:59Z"}
                  - name: too far apart
                    match: true
                    events:
                      - {eventName: ConsoleLogin, errorMessage: Failed authentication, sourceIPAddress: 192.0.2.1, eventTime: "2026-11-22T12:00:00Z"}
                      - {eventName: ConsoleLogin, errorMessage: Failed authentication, sourceIPAddress: 192.0.2.1, eventTime: "2026-11-22T12:05:00Z"}
                  - name: another address
                    match: false
                    events:
                      - {eventName: ConsoleLogin, errorMessage: Failed authentication, sourceIPAddress: 192.0.2.1, eventTime: "2026-11-22T12:00:00Z"}
                      - {eventName: ConsoleLogin, errorMessage: Failed authentication, sourceIPAddress: 192.0.2.2, eventTime: "2026-11-22T12:01:00Z"}
                ---
                rule: 583295b6-0000-4000-8000-000000000003
                tests:
                  - {match: {userIdentity: {type: Root}}}
                  - {miss: {userIdentity: {type: IAMUser}}}
                """);
        assertThat(run("rules", "test", "rules")).isEqualTo(ExitCode.FAILED);
        assertThat(printed())
                .contains("logins.test.yml:11:7: too far apart: does not fire; 2 of 2 events take part")
                .doesNotContain("twice", "another address", "misses under tests");
        assertThat(err.toString(StandardCharsets.UTF_8)).contains("6 tests passed, 1 failed");
    }

    @Test
    void coverage_prints_what_is_found_and_what_ordinary_records_give() throws IOException {
        Files.createDirectories(folder.resolve("attacks"));
        Files.writeString(
                folder.resolve("attacks/root-used.json"),
                """
                [{"eventVersion":"1","eventID":"a","eventName":"ListUsers","userIdentity":{"type":"Root"}},
                 {"eventVersion":"1","eventID":"b","eventName":"ListRoles"}]
                """);
        Files.writeString(
                folder.resolve("attacks/unseen.json"),
                "[{\"eventVersion\":\"1\",\"eventID\":\"c\",\"eventName\":\"ListUsers\"}]");
        Files.writeString(
                folder.resolve("cases.jsonl"),
                """
                {"rule_id":"root","expected":true,"event":{"userIdentity":{"type":"Root"}}}
                {"rule_id":"root","expected":false,"event":{"userIdentity":{"type":"IAMUser"}}}
                {"rule_id":"enriched","expected":true,"has_panther_enrichment":true,"event":{"p":1}}
                {"rule_id":"other","expected":true,"event":{"eventName":"x"}}
                """);
        Files.writeString(folder.resolve("unclaimed.txt"), "other because\n");
        Files.writeString(
                folder.resolve("ordinary.json"),
                """
                [{"eventName":"a","eventSource":"s","userAgent":"[attack]","userIdentity":{"type":"Root"}},
                 {"eventName":"b","eventSource":"s","userIdentity":{"type":"Root"}},
                 {"eventName":"c","eventSource":"s","eventVersion":"1"}]
                """);

        assertThat(run(
                        "rules",
                        "coverage",
                        "rules",
                        "--check",
                        "--techniques",
                        "attacks",
                        "--labelled",
                        "cases.jsonl",
                        "--unclaimed",
                        "unclaimed.txt",
                        "--ordinary",
                        "ordinary.json",
                        "--attacker",
                        "attack"))
                .isEqualTo(ExitCode.FAILED);
        assertThat(printed())
                .contains("techniques found: 1 of 2")
                .containsPattern("unseen +1 +NOTHING")
                .contains("claimed positives found: 1 of 1 (100.0 %); their negatives fired: 0 of 1; 1 cases need")
                .contains("not claimed: because")
                .contains("1,000 ordinary records: 500.00 of stable rules");
    }

    @Test
    void explain_shows_which_item_failed_and_what_was_there() throws IOException {
        Files.writeString(folder.resolve("event.json"), "{\"eventName\":\"ConsoleLogin\",\"errorMessage\":\"No\"}");
        assertThat(run("rules", "explain", "rules/logins.yml", "event.json")).isEqualTo(ExitCode.FINE);
        assertThat(printed())
                .contains("- 583295b6-0000-4000-8000-000000000001", "+ eventName: found", "- errorMessage: found")
                .contains("{errorMessage=[No]}")
                .contains("- userIdentity.type: absent");
    }

    @Test
    void conformance_prints_every_difference() throws IOException {
        String rule = "title: t\\nlogsource: {product: aws}\\ndetection:\\n  s: {a: x}\\n  condition: s\\n";
        Files.writeString(
                folder.resolve("cases.jsonl"),
                "{\"name\":\"good\",\"feature\":\"f\",\"rule_yaml\":\"" + rule
                        + "\",\"event\":{\"a\":\"X\"},\"expected\":true}\n"
                        + "{\"name\":\"bad\",\"feature\":\"f\",\"rule_yaml\":\"" + rule
                        + "\",\"event\":{\"a\":\"y\"},\"expected\":true}\n");
        assertThat(run("rules", "conformance", "cases.jsonl")).isEqualTo(ExitCode.FAILED);
        assertThat(printed()).contains("bad: expected true, got false").doesNotContain("good");
    }

    @Test
    void list_shows_what_loads() {
        assertThat(run("rules", "list", "rules", "--json")).isEqualTo(ExitCode.FINE);
        assertThat(printed().lines()).hasSize(3).anyMatch(line -> line.contains("\"silent\":true"));
    }

    @Test
    void what_a_stranger_wrote_reaches_no_terminal_as_it_is() throws IOException {
        Files.writeString(folder.resolve("event.json"), "{\"eventName\":\"\\u001b[31mred\"}");
        run("rules", "explain", "rules/logins.yml", "event.json");
        assertThat(printed()).doesNotContain("\u001b");
    }
}
