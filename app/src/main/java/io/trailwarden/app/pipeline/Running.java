package io.trailwarden.app.pipeline;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.trailwarden.app.config.Configuration;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Map;
import java.util.Optional;

/**
 * How to reach the process that runs on a data directory: written beside its lock, believed only while the lock is held.
 *
 * @param pid the process
 * @param kafka its broker, {@code host:port}
 * @param console where its console is; empty when it has none
 */
public record Running(long pid, String kafka, String console) {

    private static final ObjectMapper JSON = new ObjectMapper();

    /** Who runs on this directory now; nothing when nobody does. */
    public static Optional<Running> find(Path data) throws IOException {
        Path file = file(data);
        if (DataDirectory.holder(data) == null || !Files.exists(file)) {
            return Optional.empty();
        }
        JsonNode json = JSON.readTree(Files.readAllBytes(file));
        return Optional.of(new Running(
                json.path("pid").asLong(),
                json.path("kafka").asText(),
                json.path("console").asText()));
    }

    /**
     * How to reach the Kafka of the pipeline that runs by this configuration.
     *
     * @throws PipelineException when the broker is embedded and nothing runs on the data directory
     */
    public static Map<String, String> connection(Configuration config) throws IOException {
        if (!config.kafka().embedded()) {
            return KafkaSetup.connection(config.kafka().bootstrap(), config.kafka());
        }
        Running running = find(config.data())
                .orElseThrow(() -> new PipelineException(
                        "nothing runs on data directory " + config.data()
                                + " (start run or demo there, or name another with --data)",
                        null));
        return KafkaSetup.connection(running.kafka(), config.kafka());
    }

    void write(Path data) throws IOException {
        ObjectNode json = JSON.createObjectNode();
        json.put("pid", pid).put("kafka", kafka).put("console", console);
        Path temporary = data.resolve("running.json.new");
        Files.write(temporary, JSON.writeValueAsBytes(json));
        Files.move(temporary, file(data), StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    private static Path file(Path data) {
        return data.resolve("running.json");
    }
}
