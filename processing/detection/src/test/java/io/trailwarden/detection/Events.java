package io.trailwarden.detection;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.trailwarden.event.AuditEvent;
import io.trailwarden.event.CloudTrailEvent;
import io.trailwarden.event.ExecutionEvent;
import io.trailwarden.event.Origin;
import io.trailwarden.event.codec.CloudTrailCodec;
import io.trailwarden.event.codec.Decoded;
import io.trailwarden.event.codec.ExecutionCodec;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;

/** Events from their JSON text, through the real codecs. */
public final class Events {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Path SHARED = Path.of("../../../shared/data");

    private Events() {}

    /** A CloudTrail record; single quotes stand for double ones. */
    public static CloudTrailEvent cloudTrail(String json) {
        byte[] raw = json.replace('\'', '"').getBytes(StandardCharsets.UTF_8);
        return value(new CloudTrailCodec().decode(raw, origin()));
    }

    /** A line of an execution log; single quotes stand for double ones. */
    public static ExecutionEvent execution(String json) {
        byte[] raw = json.replace('\'', '"').getBytes(StandardCharsets.UTF_8);
        return value(new ExecutionCodec().decode(raw, origin()));
    }

    /** Every record of the S3 objects in this folder of the shared data, or the test is skipped. */
    public static List<AuditEvent> shared(String folder) {
        Path path = SHARED.resolve(folder);
        Assumptions.assumeTrue(Files.isDirectory(path), () -> path.toAbsolutePath() + " is not here");
        List<AuditEvent> events = new ArrayList<>();
        CloudTrailCodec codec = new CloudTrailCodec();
        try (Stream<Path> files = Files.list(path)) {
            for (Path file : files.filter(each -> each.toString().endsWith(".json"))
                    .sorted()
                    .toList()) {
                for (JsonNode record : JSON.readTree(file.toFile()).path("Records")) {
                    events.add(value(codec.decode(JSON.writeValueAsBytes(record), origin())));
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return events;
    }

    /** A JSON file of the shared data, or the test is skipped. */
    public static JsonNode sharedJson(String file) {
        Path path = SHARED.resolve(file);
        Assumptions.assumeTrue(Files.isRegularFile(path), () -> path.toAbsolutePath() + " is not here");
        try {
            return JSON.readTree(path.toFile());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Origin origin() {
        return new Origin("test", "here", 0, "0".repeat(64), Instant.parse("2026-03-03T00:00:00Z"));
    }

    private static <T> T value(Decoded<T> decoded) {
        if (decoded instanceof Decoded.Read<T> read) {
            return read.value();
        }
        throw new AssertionError("not readable: " + decoded);
    }
}
