package io.trailwarden.app.command.custody;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.trailwarden.app.command.Trailwarden;
import io.trailwarden.app.config.ConfigReader;
import io.trailwarden.app.config.Configuration;
import io.trailwarden.app.pipeline.Pipeline;
import io.trailwarden.app.reference.ReferenceFiles;
import io.trailwarden.app.terminal.ExitCode;
import io.trailwarden.app.terminal.Io;
import io.trailwarden.settings.SettingsReader.Flag;
import io.trailwarden.storage.findings.FindingQuery;
import io.trailwarden.testing.aws.FakeAws;
import io.trailwarden.testing.aws.SignedTrail;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A trail's bucket, of which one object was altered: watched as it is read, and verified on request. */
class CustodyCommandTest {

    private static final Duration PATIENCE = Duration.ofSeconds(90);
    private static final String BUCKET = "example-trail";
    private static final int HOURS = 4;
    private static final int OBJECTS = 3;

    @TempDir
    Path directory;

    private final Clock clock = Clock.systemUTC();
    private final Instant start =
            Instant.now().truncatedTo(ChronoUnit.MINUTES).minus(Duration.ofMinutes(60 * HOURS + 5));
    private final SignedTrail trail = SignedTrail.of(start, HOURS, OBJECTS, 2);
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();
    private FakeAws aws;
    private String altered;

    @BeforeEach
    void fill() throws IOException {
        aws = FakeAws.start(clock);
        aws.cloudTrail().key("eu-west-1", trail.publicKey(), start, start.plus(Duration.ofDays(1)));
        altered = List.copyOf(trail.objects().keySet()).get(OBJECTS * HOURS - 2);
        trail.objects().forEach((key, content) -> {
            byte[] there = key.equals(altered)
                    ? new String(content, UTF_8).replace("GetUser", "PutUser").getBytes(UTF_8)
                    : content;
            aws.s3().put(BUCKET, key, SignedTrail.gzip(there), Map.of());
            aws.sqs().send("{\"s3Bucket\":\"" + BUCKET + "\",\"s3ObjectKey\":[\"" + key + "\"]}");
        });
        trail.digests().forEach(digest -> aws.s3()
                .put(
                        BUCKET,
                        digest.key(),
                        SignedTrail.gzip(digest.content()),
                        Map.of("signature", digest.signature())));
        Files.writeString(
                directory.resolve("trailwarden.yaml"),
                """
                follow: true
                aws:
                  - kind: s3
                    name: main
                    regions: [eu-west-1]
                    queue: "%1$s/111122223333/trail"
                    buckets: [%2$s]
                    endpoint: "%1$s"
                    custody: true
                """
                        .formatted(aws.endpoint(), BUCKET));
    }

    @AfterEach
    void stop() {
        aws.close();
    }

    @Test
    void an_altered_object_becomes_a_finding_in_the_tables_and_all_others_are_proven() throws Exception {
        Map<String, Flag> flags = Map.of(
                "data", new Flag("test", directory.resolve("data").toString()),
                "console.enabled", new Flag("test", "false"),
                "processing.checkpoint-interval", new Flag("test", "1s"));
        Configuration config = ConfigReader.read(directory.resolve("trailwarden.yaml"), directory, Map.of(), flags);
        try (Pipeline pipeline = Pipeline.start(config, List.of(new ReferenceFiles(config, clock)), List.of(), clock)) {
            pipeline.read();
            await().atMost(PATIENCE).untilAsserted(() -> assertThat(
                            pipeline.archive().findings().list(FindingQuery.OPEN))
                    .filteredOn(finding -> finding.detection().name().startsWith("custody-"))
                    .singleElement()
                    .satisfies(finding -> {
                        assertThat(finding.detection().name()).isEqualTo("custody-altered-object");
                        assertThat(finding.words().facts().get("Seen")).startsWith(altered);
                    }));
            await().atMost(PATIENCE).until(() -> pipeline.progress().objects() == HOURS * OBJECTS);
            pipeline.settle((count, what) -> {});
        }

        assertThat(run("custody", "verify", "--data", "data", "--from", "main", "--json"))
                .as(err.toString(UTF_8))
                .isEqualTo(ExitCode.FAILED);

        JsonNode report = new ObjectMapper().readTree(out.toString(UTF_8));
        assertThat(report.get("provenDigests").intValue()).isEqualTo(HOURS);
        assertThat(report.get("provenObjects").intValue()).isEqualTo(HOURS * OBJECTS - 1);
        assertThat(report.get("provenRecords").intValue()).isEqualTo(2 * (HOURS * OBJECTS - 1));
        assertThat(report.get("problems")).hasSize(1);
        assertThat(report.at("/problems/0/problem").textValue()).isEqualTo("altered-object");
        assertThat(report.at("/problems/0/object").textValue()).isEqualTo(altered);
    }

    @Test
    void a_bucket_is_verified_without_any_tables() {
        String[] command = {
            "custody",
            "verify",
            "--bucket",
            BUCKET,
            "--region",
            "eu-west-1",
            "--endpoint",
            aws.endpoint().toString(),
            "--bucket-objects",
            "--since",
            "24h"
        };
        assertThat(run(command)).as(err.toString(UTF_8)).isEqualTo(ExitCode.FAILED);
        assertThat(out.toString(UTF_8))
                .contains("4 of 4 digests and 11 of 12 objects")
                .contains("altered-object");

        aws.s3().put(BUCKET, altered, SignedTrail.gzip(trail.objects().get(altered)), Map.of());
        out.reset();

        assertThat(run(command)).as(err.toString(UTF_8)).isEqualTo(ExitCode.FINE);
        assertThat(out.toString(UTF_8)).contains("12 of 12 objects").contains("0 problems");
    }

    @Test
    void what_digests_to_take_must_be_said_and_be_there() {
        assertThat(run("custody", "verify", "--data", "data")).isEqualTo(ExitCode.USAGE);
        assertThat(err.toString(UTF_8)).contains("one of --digests, --from and --bucket is needed");
        assertThat(run("custody", "verify", "--bucket", BUCKET)).isEqualTo(ExitCode.USAGE);
        assertThat(err.toString(UTF_8)).contains("--bucket needs --region");
        assertThat(run("custody", "verify", "--from", "mian")).isEqualTo(ExitCode.FAILED);
        assertThat(err.toString(UTF_8)).contains("--from: \"mian\" (expected: an input of kind s3, one of main)");
    }

    private int run(String... args) {
        return Trailwarden.run(
                new Io(
                        new PrintStream(out, true, UTF_8),
                        new PrintStream(err, true, UTF_8),
                        Map.of(),
                        directory,
                        false,
                        false,
                        clock),
                args);
    }
}
