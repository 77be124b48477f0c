package io.trailwarden.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.trailwarden.testing.SharedData;
import io.trailwarden.testing.aws.FakeAws;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The same events delivered by Event history, by a log group and by a bucket at once: one row and one finding each. */
class ThreeRoutesTest {

    private static final Duration PATIENCE = Duration.ofMinutes(5);
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String BUCKET = "example-trail";
    private static final String GROUP = "aws-cloudtrail-logs";

    @TempDir
    Path directory;

    @Test
    void give_one_row_and_one_finding_each() throws Exception {
        Path input = SharedData.path("cloudtrail/invictus");
        Store byFiles = new Store(directory.resolve("files"));
        byFiles.runOnce(PATIENCE, "--input", input.toString());

        Store byRoutes = new Store(directory.resolve("routes"));
        JsonNode summary;
        int records;
        try (FakeAws aws = FakeAws.start(Clock.systemUTC())) {
            records = fill(aws, input);
            Path config = directory.resolve("trailwarden.yaml");
            Files.writeString(
                    config,
                    """
                    aws:
                      - {kind: cloudtrail, name: main, regions: [us-east-1], endpoint: "%1$s"}
                      - {kind: logs, name: main, regions: [us-east-1], groups: [%2$s], endpoint: "%1$s"}
                      - kind: s3
                        name: main
                        regions: [us-east-1]
                        queue: "%1$s/111122223333/trail"
                        buckets: [%3$s]
                        endpoint: "%1$s"
                    """
                            .formatted(aws.endpoint(), GROUP, BUCKET));
            summary = byRoutes.runOnce(PATIENCE, "--config", config.toString());
            assertThat(aws.exceeded()).isEmpty();
        }

        assertThat(summary.get("balanced").booleanValue()).isTrue();
        assertThat(summary.at("/ledger/received").longValue()).isEqualTo(3L * records);
        assertThat(byRoutes.column("cloudtrail", "event_id")).hasSize(records).doesNotHaveDuplicates();
        assertThat(byRoutes.column("duplicates", "event_id")).hasSize(2 * records);
        assertThat(byRoutes.openFindings()).isNotEmpty().isEqualTo(byFiles.openFindings());
        byRoutes.verifiedLedger();
    }

    /** Puts every record into AWS three times over; returns how many there are. */
    private static int fill(FakeAws aws, Path input) throws IOException {
        List<Path> files;
        try (Stream<Path> all = Files.walk(input)) {
            files = all.filter(file -> file.toString().contains(".json"))
                    .sorted()
                    .toList();
        }
        Instant time = Instant.now().minus(Duration.ofHours(1));
        int records = 0;
        for (Path file : files) {
            List<String> texts = new ArrayList<>();
            try (InputStream in = open(file)) {
                JSON.readTree(in).get("Records").forEach(record -> texts.add(record.toString()));
            }
            for (String text : texts) {
                time = time.plusMillis(500);
                aws.cloudTrail().put(JSON.readTree(text).get("eventID").textValue(), time, time, text);
                aws.logs().put(GROUP, "111122223333_CloudTrail_us-east-1", time, time, text);
                records++;
            }
            String key = input.relativize(file).toString().replace('\\', '/');
            aws.s3().put(BUCKET, key, Files.readAllBytes(file), Map.of());
            aws.sqs().send("{\"s3Bucket\":\"" + BUCKET + "\",\"s3ObjectKey\":[\"" + key + "\"]}");
        }
        return records;
    }

    private static InputStream open(Path file) throws IOException {
        InputStream in = Files.newInputStream(file);
        return file.toString().endsWith(".gz") ? new GZIPInputStream(in) : in;
    }
}
