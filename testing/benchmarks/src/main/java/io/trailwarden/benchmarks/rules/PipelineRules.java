package io.trailwarden.benchmarks.rules;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.trailwarden.benchmarks.rules.CloudTrailRules.Shape;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;

/**
 * Rules for a run of the whole pipeline: shaped as in {@link CloudTrailRules}, over calls that the run's records make, so
 * that rules are tried on every record; each also wants a tool in the user agent that nobody used, since findings are not
 * what is measured.
 */
public final class PipelineRules {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int FILES_READ = 50;
    private static final int TOOLS = 40;

    private PipelineRules() {}

    /**
     * Writes rule files.
     *
     * @param input the run's gzip files
     * @param folder made if it is absent
     */
    public static void write(Path input, int count, Path folder) throws IOException {
        List<String[]> calls = calls(input);
        Files.createDirectories(folder);
        List<Shape> shapes = CloudTrailRules.shapes(count, calls);
        for (int i = 0; i < count; i++) {
            Shape shape = shapes.get(i);
            Shape narrow = new Shape(
                    shape.source(),
                    shape.names(),
                    shape.withoutError(),
                    "attack-tool-" + i % TOOLS + "/",
                    shape.identityType(),
                    shape.arnEnd());
            Files.writeString(folder.resolve("rule-" + i + ".yml"), narrow.sigma(i));
        }
        System.out.printf("%d rules over %d calls%n", count, calls.size());
    }

    private static List<String[]> calls(Path input) throws IOException {
        List<Path> files;
        try (Stream<Path> all = Files.walk(input)) {
            files = all.filter(path -> path.toString().endsWith(".json.gz"))
                    .sorted()
                    .limit(FILES_READ)
                    .toList();
        }
        Set<String> seen = new LinkedHashSet<>();
        for (Path file : files) {
            try (InputStream in = new GZIPInputStream(Files.newInputStream(file))) {
                for (JsonNode record : JSON.readTree(in).path("Records")) {
                    seen.add(record.path("eventSource").asText()
                            + '|'
                            + record.path("eventName").asText());
                }
            }
        }
        if (seen.isEmpty()) {
            throw new IOException(input + ": no CloudTrail records (expected: .json.gz files with Records)");
        }
        return new ArrayList<>(seen.stream().map(call -> call.split("\\|")).toList());
    }
}
