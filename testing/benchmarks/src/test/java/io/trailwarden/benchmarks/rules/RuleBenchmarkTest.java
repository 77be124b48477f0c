package io.trailwarden.benchmarks.rules;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.trailwarden.sigma.RuleSet;
import io.trailwarden.sigma.match.RuleMatcher;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.event.ruler.Machine;

class RuleBenchmarkTest {

    private static final String EVENT =
            "{\"eventSource\":\"iam.amazonaws.com\",\"eventName\":\"CreateUser\",\"userAgent\":\"kali boto3\","
                    + "\"userIdentity\":{\"type\":\"Root\",\"arn\":\"arn:aws:iam::1:role/role-7\"}}";

    @TempDir
    Path folder;

    @Test
    void a_short_run_measures_every_kernel() throws Exception {
        Files.writeString(folder.resolve("events.json"), "[" + EVENT + "]");
        Path results = folder.resolve("results.json");
        RuleBenchmark.main(new String[] {
            folder.toString(), "--rounds", "1", "--millis", "5", "--rules", "10,1000", "--out", results.toString()
        });
        JsonNode measured = new ObjectMapper().readTree(results.toFile());
        assertThat(measured.properties().stream().map(Map.Entry::getKey))
                .contains(
                        "sigma 10", "sigma 1000", "event-ruler 1000", "naive loop 1000", "sigma 1000 ungated contains");
        assertThat(measured.get("sigma 1000").get(0).asDouble()).isPositive();
    }

    @Test
    void a_change_counts_when_it_is_more_than_the_noise() {
        double[] quiet = {97, 98, 99, 100, 101, 102, 103, 104};
        double[] disturbed = {40, 60, 98, 100, 101, 102, 103, 104};
        double[] otherProcess = {105, 106, 107, 108, 109, 109, 109, 109};
        double[] slowed = {78, 79, 80, 80, 81, 82, 83, 99};

        assertThat(RuleBenchmark.verdict(quiet, quiet)).isEqualTo("within the noise");
        assertThat(RuleBenchmark.verdict(quiet, disturbed)).isEqualTo("within the noise");
        assertThat(RuleBenchmark.verdict(quiet, otherProcess)).isEqualTo("within the noise");
        assertThat(RuleBenchmark.verdict(quiet, slowed)).isEqualTo("slower");
        assertThat(RuleBenchmark.verdict(slowed, quiet)).isEqualTo("faster");
    }

    @Test
    void two_runs_are_compared_by_kernel() throws Exception {
        Files.writeString(folder.resolve("before.json"), "{\"sigma 10\": [100, 101, 102], \"gone\": [1]}");
        Files.writeString(folder.resolve("after.json"), "{\"sigma 10\": [50, 51, 52]}");
        PrintStream out = System.out;
        ByteArrayOutputStream printed = new ByteArrayOutputStream();
        try {
            System.setOut(new PrintStream(printed, true, StandardCharsets.UTF_8));
            RuleBenchmark.main(new String[] {
                "--compare",
                folder.resolve("before.json").toString(),
                folder.resolve("after.json").toString()
            });
        } finally {
            System.setOut(out);
        }
        assertThat(printed.toString(StandardCharsets.UTF_8))
                .contains("-49.5%  slower")
                .doesNotContain("gone");
    }

    @Test
    void both_engines_are_given_the_same_rules() throws Exception {
        List<CloudTrailRules.Shape> shapes =
                CloudTrailRules.shapes(300, List.of(new String[] {"iam.amazonaws.com", "CreateUser"}, new String[] {
                    "ec2.amazonaws.com", "RunInstances"
                }));
        Map<String, String> files = new LinkedHashMap<>();
        Machine machine = Machine.builder().build();
        for (int i = 0; i < shapes.size(); i++) {
            files.put("r" + i, shapes.get(i).sigma(i));
            machine.addRule("rule-" + i, shapes.get(i).eventBridge());
        }
        RuleMatcher matcher = RuleMatcher.of(RuleSet.parse(files, Map.of()).rules());
        assertThat(matcher.ids(EVENT.getBytes(StandardCharsets.UTF_8)))
                .hasSizeGreaterThan(50)
                .containsExactlyInAnyOrderElementsOf(machine.rulesForJSONEvent(EVENT));
    }
}
