package io.trailwarden.ingest.format;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

/** Every file of the shared data is read: each record is stored or rejected with a reason, and the counts are known. */
class SharedDataTest {

    @Test
    void counts_are_those_of_the_manifest() throws IOException {
        Path data = data();
        Map<String, Outcomes> kinds = new LinkedHashMap<>();
        for (String folder : List.of("cloudtrail", "formats", "stepfunctions")) {
            try (Stream<Path> files = Files.walk(data.resolve(folder))) {
                for (Path file : files.filter(Files::isRegularFile).sorted().toList()) {
                    kinds.computeIfAbsent(kind(data.relativize(file)), unused -> new Outcomes())
                            .add(file.toString(), Files.readAllBytes(file));
                }
            }
        }
        print(kinds);

        kinds.forEach((kind, outcomes) -> {
            if (kind.matches(".*(LICENSE|NOTICE)(.txt)?")) {
                assertThat(outcomes.records).as(kind).isZero();
                assertThat(outcomes.ignored).as(kind).containsOnly("README, LICENSE or the like");
            }
        });
        assertThat(kinds.get("cloudtrail/invictus *.json").read()).isEqualTo(1_448);
        assertThat(kinds.get("cloudtrail/invictus *.json").rejected).isEmpty();
        assertThat(kinds.get("cloudtrail/stratus *.json").read()).isEqualTo(164);
        assertThat(kinds.get("cloudtrail/stratus *.json").rejected).isEmpty();
        assertThat(kinds.get("cloudtrail/traildiscover *.json").read()).isEqualTo(285);
        assertThat(kinds.get("cloudtrail/traildiscover *.json").rejected).isEmpty();
        assertThat(kinds.get("cloudtrail/eventbridge-c7n *.json").read()).isEqualTo(13);
        assertThat(kinds.get("cloudtrail/eventbridge-c7n *.json").rejected).hasSize(6);
        assertThat(kinds.get("formats/lookup-events-ndjson *.jsonl").read()).isEqualTo(6);
        assertThat(kinds.get("formats/s3-records-gz *.json").read()).isEqualTo(2);
        assertThat(kinds.get("formats/s3-records-gz *.gz").read()).isEqualTo(2);
        // 50 lines of {"doc":…,"json":…}: what the documentation shows is found a level down, and is often cut short
        // there.
        assertThat(kinds.get("formats/aws-docs *.jsonl").read()).isEqualTo(31);
        assertThat(kinds.get("formats/aws-docs *.jsonl").rejected).hasSize(25);
        assertThat(kinds.get("formats/aws-docs *.jsonl").ignored).containsOnly("CloudTrail digest");
        // 52 of them have the placeholder "[0]" for a number.
        assertThat(kinds.get("stepfunctions vended_derived.jsonl").records).isEqualTo(2_523);
        assertThat(kinds.get("stepfunctions vended_derived.jsonl").executions).isEqualTo(2_471);
        assertThat(kinds.get("stepfunctions vended_gold.jsonl").records).isEqualTo(18);
        assertThat(kinds.get("stepfunctions histories.jsonl").records).isEqualTo(2_523);
        assertThat(kinds.get("stepfunctions histories.jsonl").executions).isZero();
        assertThat(kinds.get("stepfunctions express_execdata_lines.ndjson").executions)
                .isEqualTo(4);
        assertThat(kinds.get("stepfunctions cloudtrail_states_docs_2016.jsonl").cloudTrail)
                .isEqualTo(6);
        assertThat(kinds.get("stepfunctions cloudtrail_states_docs_2024.json").cloudTrail)
                .isEqualTo(2);
        assertThat(kinds.get("stepfunctions asl_definitions.jsonl").rejected).hasSize(305);
    }

    private static String kind(Path file) {
        String name = file.getFileName().toString();
        if (file.startsWith("stepfunctions") && file.getNameCount() == 2) {
            return "stepfunctions " + name;
        }
        if (file.startsWith(Path.of("formats", "aws-lambda-go"))) {
            return "formats/aws-lambda-go " + name;
        }
        Path folder = file.subpath(0, Math.min(2, file.getNameCount() - 1));
        int dot = name.lastIndexOf('.');
        return folder.toString().replace('\\', '/') + ' ' + (dot < 0 ? name : "*" + name.substring(dot));
    }

    private static void print(Map<String, Outcomes> kinds) {
        System.out.printf("%-66s %8s %8s %8s  %s%n", "objects", "records", "read", "rejected", "reasons; ignored");
        kinds.forEach((kind, outcomes) -> System.out.printf(
                "%-66s %8d %8d %8d  %s %s%n",
                kind, outcomes.records, outcomes.read(), outcomes.rejected.size(), outcomes.reasons, outcomes.ignored));
    }

    private static Path data() {
        for (Path at = Path.of("").toAbsolutePath(); at.getParent() != null; at = at.getParent()) {
            Path data = at.resolveSibling("shared").resolve("data");
            if (Files.isDirectory(data)) {
                return data;
            }
        }
        Assumptions.abort("needs ../shared/data, which is not here");
        throw new AssertionError("unreachable");
    }
}
