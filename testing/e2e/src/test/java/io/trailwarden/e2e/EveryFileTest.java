package io.trailwarden.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Every file of the shared data is read, whatever it is: each record of it stored, a duplicate or a dead letter. */
class EveryFileTest {

    private static final Duration PATIENCE = Duration.ofMinutes(5);

    /** Events as the manifest counts them: stored or, where a file repeats another one, duplicates. */
    private static final Map<String, Integer> MANIFEST = Map.of(
            "invictus", 1448,
            "stratus", 164,
            "traildiscover", 285,
            "eventbridge-c7n", 13,
            "lookup-events-ndjson", 6,
            "s3-records-gz", 4,
            "vended_derived.jsonl", 2523,
            "express_execdata_lines.ndjson", 4,
            "cloudtrail_states_docs_2016.jsonl", 6,
            "cloudtrail_states_docs_2024.json", 2);

    @TempDir
    Path directory;

    @Test
    void every_record_is_stored_a_duplicate_or_a_dead_letter() throws Exception {
        Path cloudTrail = SharedData.require("cloudtrail");
        Path formats = SharedData.require("formats");
        Path stepFunctions = SharedData.require("stepfunctions");
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

        Map<String, Integer> stored = store.count("cloudtrail", "object");
        store.count("executions", "object").forEach((object, rows) -> stored.merge(object, rows, Integer::sum));
        Map<String, Integer> duplicates = store.count("duplicates", "object");
        Map<String, Integer> dead = store.count("dead_letters", "object");
        Set<String> objects = new TreeSet<>(store.column("receipts", "object"));
        System.out.println("stored  duplicate  dead  file");
        objects.forEach(object -> System.out.printf(
                Locale.ROOT,
                "%6d  %9d  %4d  %s%n",
                stored.getOrDefault(object, 0),
                duplicates.getOrDefault(object, 0),
                dead.getOrDefault(object, 0),
                object));

        Map<String, Integer> events = new TreeMap<>();
        for (String object : objects) {
            for (String part : MANIFEST.keySet()) {
                if (object.contains(part + '/') || object.endsWith(part)) {
                    events.merge(part, stored.getOrDefault(object, 0) + duplicates.getOrDefault(object, 0), Integer::sum);
                }
            }
        }
        assertThat(events).isEqualTo(new TreeMap<>(MANIFEST));
        assertThat(objects).hasSize(files(cloudTrail) + files(formats) + files(stepFunctions));
        assertThat(store.column("dead_letters", "reason")).doesNotContain("null");
        assertThat(store.column("dead_letters", "message")).noneMatch(String::isBlank);
    }

    private static int files(Path root) throws Exception {
        try (Stream<Path> all = Files.walk(root)) {
            return (int) all.filter(Files::isRegularFile).count();
        }
    }
}
