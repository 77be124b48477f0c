package io.trailwarden.testing.generator;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/**
 * A generated folder: {@code input/} to be read by Trailwarden, {@code reference/reference.yaml} with its accounts and
 * expectations, {@code truth/} to check it against.
 *
 * @param events distinct records
 * @param duplicates records that were delivered a second time, beside those
 * @param objects files
 * @param bytes of all files before compression, without the few bytes around the records
 * @param compressedBytes of all files as they lie on the disk
 */
public record GeneratedFiles(long events, long duplicates, long objects, long bytes, long compressedBytes) {

    private static final JsonFactory JSON = new JsonFactory();

    /**
     * Writes a scenario into a folder, which must be empty or absent.
     *
     * @throws IOException if the folder has something in it, or a file cannot be written
     */
    public static GeneratedFiles write(Scenario scenario, Path directory) throws IOException {
        if (Files.isDirectory(directory)) {
            try (var entries = Files.list(directory)) {
                if (entries.findAny().isPresent()) {
                    throw new IOException(directory + " has something in it (expected: an empty or absent folder)");
                }
            }
        }
        Delivery delivery = new Delivery(scenario, directory);
        List<PlantedFinding> planted;
        try (delivery) {
            planted = Generator.generate(scenario, delivery);
        }
        StringBuilder truth = new StringBuilder();
        for (PlantedFinding finding : planted) {
            truth.append(json(finding)).append('\n');
        }
        Files.writeString(directory.resolve("truth/planted.jsonl"), truth, StandardCharsets.UTF_8);
        Path reference = Files.createDirectories(directory.resolve("reference"));
        Files.writeString(reference.resolve("reference.yaml"), ReferenceFile.yaml(scenario), StandardCharsets.UTF_8);
        return delivery.summary();
    }

    /** The planted findings of a generated folder. */
    public static List<PlantedFinding> planted(Path directory) throws IOException {
        ObjectMapper mapper = new ObjectMapper();
        List<PlantedFinding> planted = new ArrayList<>();
        for (String line : Files.readAllLines(directory.resolve("truth/planted.jsonl"), StandardCharsets.UTF_8)) {
            JsonNode json = mapper.readTree(line);
            List<String> eventIds = new ArrayList<>();
            json.get("eventIds").forEach(id -> eventIds.add(id.textValue()));
            planted.add(new PlantedFinding(
                    PlantedFinding.Kind.valueOf(json.get("kind").textValue()),
                    json.get("account").textValue(),
                    json.get("region").textValue(),
                    json.get("principal").textValue(),
                    json.get("eventSource").textValue(),
                    json.get("eventName").textValue(),
                    json.get("subject").textValue(),
                    Instant.parse(json.get("firstTime").textValue()),
                    Instant.parse(json.get("lastTime").textValue()),
                    List.copyOf(eventIds)));
        }
        return planted;
    }

    private static String json(PlantedFinding finding) throws IOException {
        StringWriter out = new StringWriter();
        try (JsonGenerator json = JSON.createGenerator(out)) {
            json.writeStartObject();
            json.writeStringField("kind", finding.kind().name());
            json.writeStringField("account", finding.account());
            json.writeStringField("region", finding.region());
            json.writeStringField("principal", finding.principal());
            json.writeStringField("eventSource", finding.eventSource());
            json.writeStringField("eventName", finding.eventName());
            json.writeStringField("subject", finding.subject());
            json.writeStringField("firstTime", finding.firstTime().toString());
            json.writeStringField("lastTime", finding.lastTime().toString());
            json.writeFieldName("eventIds");
            json.writeArray(
                    finding.eventIds().toArray(String[]::new),
                    0,
                    finding.eventIds().size());
            json.writeEndObject();
        }
        return out.toString();
    }
}
