package io.trailwarden.event.codec;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;

/** Real records from {@code ../shared/data}, where that is present. */
public final class SharedData {

    private static final ObjectMapper MAPPER = new ObjectMapper();

    private SharedData() {}

    /** The folder of shared data; skips the test where it is absent. */
    public static Path folder() {
        for (Path at = Path.of("").toAbsolutePath(); at != null; at = at.getParent()) {
            Path data = at.resolveSibling("shared").resolve("data");
            if (at.getParent() != null && Files.isDirectory(data)) {
                return data;
            }
        }
        Assumptions.abort("needs ../shared/data, which is not here");
        throw new AssertionError("unreachable");
    }

    /** Every record of the three folders of plain CloudTrail files, as trees. */
    public static List<JsonNode> cloudTrailRecords() {
        List<JsonNode> records = new ArrayList<>();
        for (String source : List.of("invictus", "stratus", "traildiscover")) {
            try (Stream<Path> files = Files.walk(folder().resolve("cloudtrail").resolve(source))) {
                for (Path file : files.filter(path -> path.toString().endsWith(".json"))
                        .sorted()
                        .toList()) {
                    JsonNode document = MAPPER.readTree(file.toFile());
                    JsonNode list = document.has("Records") ? document.get("Records") : document;
                    if (list.isArray()) {
                        list.forEach(records::add);
                    } else {
                        records.add(list);
                    }
                }
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
        return records;
    }
}
