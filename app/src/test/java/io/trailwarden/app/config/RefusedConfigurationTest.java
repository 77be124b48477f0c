package io.trailwarden.app.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.trailwarden.settings.BadConfigException;
import io.trailwarden.settings.ConfigProblem;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a run would refuse is refused when it is read, at the line that is to be mended. */
class RefusedConfigurationTest {

    @TempDir
    Path directory;

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "webhook: {url: 'http://169.254.169.254/latest'}   | 2:16 | webhook.url: (a secret) (expected: https://host/…,"
                        + " or http:// on this machine)",
                "webhook: {url: 'http://127.0.0.1.evil.com/'}      | 2:16 | webhook.url: (a secret) (expected: https://host/…,"
                        + " or http:// on this machine)",
                "webhook: {url: 'http://[::ffff:169.254.169.254]/'} | 2:16 | webhook.url: (a secret) (expected: https://host/…,"
                        + " or http:// on this machine)",
                "webhook: {url: 'file:///etc/passwd'}              | 2:16 | webhook.url: (a secret) (expected: https://host/…,"
                        + " or http:// on this machine)",
                "webhook: {url: 'https://user:pass@example.com/x'} | 2:16 | webhook.url: (a secret) (expected: no user and"
                        + " password in it, which would not be sent)",
                "webhook: {url: 'https://a b/'}                    | 2:16 | webhook.url: (a secret) (expected: https://host/…)",
                "webhook: {}                                       | 1:8  | webhook.url: (a secret) (expected: https://host/…,"
                        + " or http:// on this machine)",
                "webhook: {url: 'https://x/', template: pagerduty} | 1:8  | webhook.routing-key: \"\" (expected: the"
                        + " integration key of a PagerDuty service)",
            })
    void a_web_hook_that_is_named_must_be_one(String line, String place, String message) throws IOException {
        assertThat(problems("sinks: [webhook]\n" + line + "\n")).containsExactly(file() + ":" + place + ": " + message);
        read("sinks: [storage]\n" + line + "\n");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "sns          | sns: {topic: findings}            | 2:14 | sns.topic: \"findings\" (expected: ARN of an SNS topic)",
                "sns          | sns: {region: eu-west-1}          | 1:8  | sns.topic: \"\" (expected: ARN of an SNS topic)",
                "sns          | sns: {topic: 'arn:aws:sns:r:111122223333:t', external-id: x} | 2:59 | sns.external-id: \"x\""
                        + " (expected: a role beside it, which asks for it)",
                "security-hub | security-hub: {account: '1'}      | 2:25 | security-hub.account: \"1\" (expected: 12 digits)",
                "security-hub | security-hub: {account: '111122223333'} | 1:8 | security-hub.region: \"\" (expected: a Region"
                        + " such as eu-central-1)",
            })
    void a_sink_in_AWS_that_is_named_must_know_where(String sink, String line, String place, String message)
            throws IOException {
        assertThat(problems("sinks: [" + sink + "]\n" + line + "\n"))
                .containsExactly(file() + ":" + place + ": " + message);
        read("sinks: [storage]\n" + line + "\n");
    }

    @ParameterizedTest
    @ValueSource(strings = {"0.0.0.0", "::", "127.0.0.2", "localhost.evil.com", "2130706433", "0"})
    void a_console_that_others_reach_needs_a_token(String host) throws IOException {
        assertThat(problems("console:\n  port: 0\n  host: \"" + host + "\"\n"))
                .containsExactly(file() + ":3:9: console.host: \"" + host
                        + "\" can be reached by others (expected: a console.token beside it, or 127.0.0.1)");
        assertThat(read("console: {host: \"" + host + "\", token: 0123456789abcdef}\n")
                        .console()
                        .host())
                .isEqualTo(host);
    }

    @Test
    void a_short_token_and_no_host_are_refused_without_telling_the_token() throws IOException {
        assertThat(problems("console: {host: 0.0.0.0, token: swordfish}\n"))
                .containsExactly(
                        file() + ":1:33: console.token: 9 characters (expected: at least 16, chosen at random)");
        assertThat(problems("console: {host: \"\"}\n"))
                .containsExactly(file() + ":1:17: console.host: \"\" (expected: an address of this machine)");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "metrics: {listen: everywhere}    | 1:19 | metrics.listen: \"everywhere\" (expected: host:port)",
                "metrics: {listen: '0.0.0.0:99999'} | 1:19 | metrics.listen: \"0.0.0.0:99999\" (expected: host:port)",
                "kafka: {bootstrap: broker}       | 1:20 | kafka.bootstrap: \"broker\" (expected: host:port, comma-separated)",
                "kafka: {bootstrap: 'a:1,,b:2'}   | 1:20 | kafka.bootstrap: \"a:1,,b:2\" (expected: host:port,"
                        + " comma-separated)",
                "processing: {checkpoint-interval: 100ms} | 1:35 | processing.checkpoint-interval: \"100ms\" (expected: a"
                        + " duration from 200ms to 1h, such as 500ms, 5s, 10m, 2h or 1d)",
                "data: ''                         | 1:7  | data: \"\" (expected: a path)",
                "<<: {follow: true}               | 1:1  | \"<<\" is not a setting (expected: one of accounts, aws, console,"
                        + " data, detections, expectations, follow, inputs, kafka, metrics, notices, processing, reference,"
                        + " rules, rules-maturity, security-hub, sinks, sns, state-machines, storage, suppressions, webhook)",
            })
    void what_is_no_address_duration_or_setting_is_refused(String yaml, String place, String message)
            throws IOException {
        assertThat(problems(yaml + "\n")).containsExactly(file() + ":" + place + ": " + message);
    }

    /** An alias costs nothing to write and may unfold without end. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "inputs: &a [*a]\n",
                "kafka: &a {properties: *a}\n",
                "sinks: &a {x: *a}\n",
                "aws: &a [*a]\n",
                "aws: [&a {kind: logs, name: *a}]\n",
                "inputs: !!javax.script.ScriptEngineManager [!!java.net.URL [\"http://127.0.0.1:1/\"]]\n",
                "follow: true\n---\nfollow: false\n",
                "- a\n- b\n",
            })
    void what_unfolds_names_classes_or_is_no_mapping_is_refused_with_its_line(String yaml) throws IOException {
        assertThat(problems(yaml)).isNotEmpty().allSatisfy(problem -> assertThat(problem)
                .matches("(?s)" + java.util.regex.Pattern.quote(file().toString()) + ":[0-9]+:[0-9]+: .*"));
    }

    @Test
    void what_is_deeper_than_anybody_writes_is_refused_and_not_an_overflow() throws IOException {
        assertThat(problems("inputs: " + "[".repeat(100_000) + "]".repeat(100_000) + "\n"))
                .containsExactly(file() + ":1:108: nested deeper than 100");
        StringBuilder block = new StringBuilder("accounts:\n");
        for (int i = 1; i < 1500; i++) {
            block.append(" ".repeat(i)).append("a:\n");
        }
        assertThat(problems(block.toString())).containsExactly(file() + ":101:101: nested deeper than 100");
        assertThat(problems("inputs: " + "[".repeat(99) + "]".repeat(99) + "\n"))
                .containsExactly(file() + ":1:10: inputs: a sequence (expected: a list of paths)");
    }

    private Path file() {
        return directory.resolve("trailwarden.yaml");
    }

    private Configuration read(String yaml) throws IOException {
        Files.writeString(file(), yaml);
        return ConfigReader.read(file(), directory, Map.of(), Map.of());
    }

    private List<String> problems(String yaml) throws IOException {
        BadConfigException e = catchThrowableOfType(BadConfigException.class, () -> read(yaml));
        assertThat(e).as("refused").isNotNull();
        return e.problems().stream().map(ConfigProblem::toString).toList();
    }
}
