package io.trailwarden.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.trailwarden.testing.SharedData;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Every file of the shared data is read, whatever it is: each record of it stored, a duplicate or a dead letter. */
class EveryFileTest {

    private static final Duration PATIENCE = Duration.ofMinutes(5);
    private static final String OBJECT = "object";

    /**
     * What became of a file's records.
     *
     * @param events stored, or duplicates of what is stored
     * @param dead kept with a reason
     */
    private record Outcome(long events, long dead) {

        Outcome plus(Outcome other) {
            return new Outcome(events + other.events, dead + other.dead);
        }
    }

    /** The counts of the manifest. What is dead is no log record of AWS, or has placeholders where numbers belong. */
    private static final Map<String, Outcome> MANIFEST = new TreeMap<>(Map.ofEntries(
            Map.entry("cloudtrail/invictus", new Outcome(1448, 0)),
            Map.entry("cloudtrail/stratus", new Outcome(164, 0)),
            Map.entry("cloudtrail/traildiscover", new Outcome(285, 0)),
            Map.entry("cloudtrail/eventbridge-c7n", new Outcome(13, 6)),
            Map.entry("formats/lookup-events-ndjson", new Outcome(6, 0)),
            Map.entry("formats/s3-records-gz", new Outcome(4, 0)),
            // Lines of {"doc":…,"json":…}: what the documentation shows is found a level down, and is often cut short.
            Map.entry("formats/aws-docs", new Outcome(31, 25)),
            Map.entry("stepfunctions/vended_derived.jsonl", new Outcome(2523 - 52, 52)),
            Map.entry("stepfunctions/vended_gold.jsonl", new Outcome(0, 18)),
            Map.entry("stepfunctions/histories.jsonl", new Outcome(0, 2523)),
            Map.entry("stepfunctions/express_execdata_lines.ndjson", new Outcome(4, 0)),
            Map.entry("stepfunctions/cloudtrail_states_docs_2016.jsonl", new Outcome(6, 0)),
            Map.entry("stepfunctions/cloudtrail_states_docs_2024.json", new Outcome(2, 0))));

    @TempDir
    Path directory;

    @Test
    void every_record_is_stored_a_duplicate_or_a_dead_letter() throws Exception {
        Path cloudTrail = SharedData.path("cloudtrail");
        Path formats = SharedData.path("formats");
        Path stepFunctions = SharedData.path("stepfunctions");
        Store store = new Store(directory.resolve("d"));
        JsonNode summary = store.runOnce(
                PATIENCE,
                "--input",
                cloudTrail.toString(),
                "--input",
                formats.toString(),
                "--input",
                stepFunctions.toString());
        assertThat(summary.get("balanced").booleanValue()).isTrue();
        store.verifiedLedger();

        Map<String, Integer> stored = store.count("cloudtrail", OBJECT);
        store.count("executions", OBJECT).forEach((object, rows) -> stored.merge(object, rows, Integer::sum));
        Map<String, Integer> duplicates = store.count("duplicates", OBJECT);
        Map<String, Integer> dead = store.count("dead_letters", OBJECT);
        Map<String, Outcome> outcomes = new TreeMap<>();
        System.out.println("stored  duplicate  dead  file");
        for (Path root : List.of(cloudTrail, formats, stepFunctions)) {
            for (Path file : files(root)) {
                String name = root.getParent().relativize(file).toString();
                String object = root.relativize(file).toString();
                int rows = stored.getOrDefault(object, 0);
                int twice = duplicates.getOrDefault(object, 0);
                int unread = dead.getOrDefault(object, 0);
                System.out.printf(Locale.ROOT, "%6d  %9d  %4d  %s%n", rows, twice, unread, name);
                // A licence is ignored: it is no log that could not be read.
                boolean isLicence = file.getFileName().toString().matches("(.*-)?LICENSE(\\.txt)?|NOTICE");
                assertThat(rows + twice + unread > 0).as(name).isEqualTo(!isLicence && !isEmptyArray(file));
                for (String part : MANIFEST.keySet()) {
                    if (name.equals(part) || name.startsWith(part + '/')) {
                        outcomes.merge(part, new Outcome(rows + twice, unread), Outcome::plus);
                    }
                }
            }
        }
        assertThat(outcomes).isEqualTo(MANIFEST);
        assertThat(store.column("dead_letters", "reason")).doesNotContain("null");
        assertThat(store.column("dead_letters", "message")).noneMatch(String::isBlank);
    }

    private static boolean isEmptyArray(Path file) throws IOException {
        // Any bytes are text in this charset, compressed ones too.
        String content = Files.readString(file, StandardCharsets.ISO_8859_1).strip();
        return content.isEmpty() || content.equals("[]");
    }

    private static List<Path> files(Path root) throws IOException {
        try (Stream<Path> all = Files.walk(root)) {
            return all.filter(Files::isRegularFile).sorted().toList();
        }
    }
}
