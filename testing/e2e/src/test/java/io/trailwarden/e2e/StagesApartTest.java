package io.trailwarden.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.trailwarden.testing.aws.FakeEndpoints;
import io.trailwarden.testing.aws.RealServers;
import io.trailwarden.testing.generator.GeneratedFiles;
import io.trailwarden.testing.generator.Scenario;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;

/**
 * The commands of {@code docs/operations/stages-apart.md}, word for word, by the launcher, with the configuration that
 * {@code docker-compose.yml} mounts: records come from a bucket that a queue announces, the job runs on a Flink cluster
 * and later in a process of its own, tables lie on S3 with a catalog in Postgres, and findings arrive in the console.
 *
 * <p>Only names of hosts are others: s3proxy, ElasticMQ, Postgres and a fake of SNS on loopback, and {@link Cluster}.
 */
@EnabledIfSystemProperty(named = "cluster.jar", matches = ".+", disabledReason = "needs the profile cluster")
@Timeout(1200)
class StagesApartTest {

    private static final int EVENTS = Integer.getInteger("stages.events", 8_000);
    private static final Duration PATIENCE = Duration.ofMinutes(5);
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final HttpClient HTTP = HttpClient.newHttpClient();
    private static final Path REPOSITORY =
            Path.of("").toAbsolutePath().getParent().getParent();
    private static final Pattern BLOCK = Pattern.compile("```sh\n(.*?)```", Pattern.DOTALL);

    private static final Pattern MERGED = Pattern.compile("Tables maintained: .*filesMerged=([89]|[1-9][0-9]+)");
    private static final int LATER = 12;

    /** What no rule overlooks and no generated record does. */
    private static final String TRAIL_STOPPED =
            """
            {"Records":[{"eventVersion":"1.11","userIdentity":{"type":"AssumedRole","principalId":"AROAEXAMPLE0000000009:eve",\
            "arn":"arn:aws:sts::111122223333:assumed-role/intruder/eve","accountId":"111122223333",\
            "accessKeyId":"ASIAEXAMPLE000000009"},"eventTime":"2026-03-09T09:00:00Z","awsRegion":"eu-west-1",\
            "sourceIPAddress":"192.0.2.10","userAgent":"aws-cli/2.27.1","requestParameters":{"name":"audit"},\
            "responseElements":null,"requestID":"r-1","eventType":"AwsApiCall","managementEvent":true,\
            "recipientAccountId":"111122223333","eventCategory":"Management","eventSource":"cloudtrail.amazonaws.com",\
            "eventName":"StopLogging","eventID":"5b1f2f0e-0000-4000-8000-00000000dead"}]}
            """;

    @TempDir
    Path directory;

    private final Map<String, String> environment = new HashMap<>();
    private final List<Command> started = new ArrayList<>();
    private final FakeEndpoints topics = new FakeEndpoints();
    private RealServers servers;

    @BeforeEach
    void startServers() {
        servers = RealServers.startWithPostgres(directory.resolve("buckets"));
        System.setProperty("aws.accessKeyId", RealServers.KEY);
        System.setProperty("aws.secretAccessKey", RealServers.SECRET);
    }

    @AfterEach
    void stopAll() {
        started.forEach(Command::close);
        servers.close();
        topics.close();
        System.clearProperty("aws.accessKeyId");
        System.clearProperty("aws.secretAccessKey");
    }

    @Test
    void run_by_the_commands_of_the_operations_page() throws Exception {
        environment.put("TRAILWARDEN_LOG", "info");
        environment.put(
                "TRAILWARDEN_JAVA",
                Path.of(System.getProperty("java.home"), "bin", "java").toString());
        // Built, if it is not.
        Command.line(REPOSITORY, environment, "./trailwarden --version")
                .await(Duration.ofMinutes(10))
                .mustBeFine();
        List<String> page = commands();

        Path generated = directory.resolve("generated");
        GeneratedFiles files = GeneratedFiles.write(Scenario.of(7, EVENTS).withPlanted(40), generated);
        Set<String> oracle = oracle(generated);
        S3Buckets.create(servers, "trail", "tables");
        S3Buckets.createQueue(servers, "trail");

        try (Processes processes = new Processes(directory)) {
            Cluster cluster = Cluster.start(processes, directory);
            Path config = configuration(cluster, generated);
            environment.putAll(Map.of(
                    "KAFKA", cluster.kafka,
                    "CONFIG", config.toString(),
                    "DATA", directory.resolve("data").toString(),
                    "JOBMANAGER", cluster.jobmanager,
                    "JAR", System.getProperty("cluster.jar"),
                    "CHECKPOINTS", directory.resolve("checkpoints").toUri().toString()));

            Command ingest = start(the(page, "ingest"));
            Command sink = start(the(page, "sink"));
            Command console = start(the(page, "console"));
            deliver(generated.resolve("input"));

            String submit = the(page, "process", "--jobmanager");
            String submitted = start(submit).await(PATIENCE).mustBeFine();
            assertThat(submitted).startsWith("Submitted as job ");
            String job = submitted.substring("Submitted as job ".length()).strip();
            assertThat(start(submit).await(PATIENCE).mustBeFine())
                    .isEqualTo("Already there as job " + job + "; nothing was submitted");
            Command maintain = start(the(page, "maintain"));

            String pages = console.awaitError(line -> line.startsWith("Console: http"), PATIENCE)
                    .replaceAll("Console: (\\S+?)[.]? Stop.*", "$1");
            await().atMost(PATIENCE).pollInterval(Duration.ofSeconds(1)).until(() -> shown(pages, "id")
                    .containsAll(oracle));
            awaitStored();
            assertThat(cluster.json("/jobs/" + job).get("state").textValue()).isEqualTo("RUNNING");
            assertThat(topics.messages).isNotEmpty();
            assertThat(topics.broken).isEmpty();

            Store store = new Store(directory.resolve("data/asking"));
            assertThat(stored(store, config)).isEqualTo(files.events());
            await().atMost(PATIENCE).until(() -> store.openFindings(config).equals(oracle));
            store.verifiedLedger(config);
            stop(maintain);

            Processes.patch("http://" + cluster.jobmanager + "/jobs/" + job + "?mode=cancel");
            await().atMost(PATIENCE).until(() -> cluster.json("/jobs/" + job)
                    .get("state")
                    .textValue()
                    .equals("CANCELED"));

            Command process = start(the(page, "process", "--data"));
            process.awaitError(line -> line.startsWith("The detection job runs on "), PATIENCE);
            // One by one, each stored before the next: as many small files of one day.
            for (int i = 0; i < LATER; i++) {
                deliver(
                        "AWSLogs/111122223333/CloudTrail/eu-west-1/2026/03/09/" + i + ".json",
                        (i == 0 ? TRAIL_STOPPED : TRAIL_STOPPED.replace("StopLogging", "GetTrail"))
                                .replace("dead", String.format(Locale.ROOT, "%04d", i))
                                .getBytes(StandardCharsets.UTF_8));
                awaitStored();
            }
            await().atMost(PATIENCE).pollInterval(Duration.ofSeconds(1)).until(() -> shown(pages, "principal").stream()
                    .anyMatch(who -> who.endsWith("/intruder")));
            String merged = process.awaitError(line -> MERGED.matcher(line).find(), PATIENCE);
            for (Command stage : List.of(process, console, sink, ingest)) {
                stop(stage);
            }

            String maintained = store.ask(config, "maintain", "--once");
            assertThat(maintained).contains("small files became");
            assertThat(stored(store, config)).isEqualTo(files.events() + LATER);
            store.verifiedLedger(config);
            assertThat(store.openFindings(config)).containsAll(oracle);
            assertThat(processes.dead()).isEmpty();
            System.out.printf(
                    Locale.ROOT,
                    "stages apart: %,d records from a bucket, %,d findings in the console; on the cluster, then in one"
                            + " process, which said: %s; then: %s",
                    files.events() + LATER,
                    oracle.size() + 1,
                    merged.replaceAll(".*Tables maintained: ", ""),
                    maintained);
        }
    }

    /** The commands of the page's shell blocks, lines joined as a shell joins them. */
    private static List<String> commands() throws IOException {
        List<String> commands = new ArrayList<>();
        Matcher block = BLOCK.matcher(Files.readString(REPOSITORY.resolve("docs/operations/stages-apart.md")));
        while (block.find()) {
            commands.addAll(List.of(block.group(1).replace("\\\n", " ").split("\n")));
        }
        assertThat(commands).isNotEmpty().allMatch(command -> command.startsWith("./trailwarden "));
        return commands;
    }

    /** The one command of the page with this name and option. */
    private static String the(List<String> page, String name, String... options) {
        return page.stream()
                .filter(command -> command.startsWith("./trailwarden " + name + " "))
                .filter(command -> Stream.of(options).allMatch(command::contains))
                .reduce((one, other) -> {
                    throw new AssertionError(one + " and " + other);
                })
                .orElseThrow(() -> new AssertionError("no command " + name + " on the page"));
    }

    private Command start(String line) throws IOException {
        Command command = Command.line(REPOSITORY, environment, line);
        started.add(command);
        return command;
    }

    private static void stop(Command command) throws InterruptedException {
        assertThat(command.isAlive()).isTrue();
        command.stop();
        command.await(PATIENCE);
    }

    /** What docker-compose.yml mounts, with this machine's addresses; faster checkpoints, two brokers. */
    private Path configuration(Cluster cluster, Path generated) throws IOException {
        String text = Files.readString(REPOSITORY.resolve("deploy/compose/trailwarden.yaml"))
                .replace("kafka:19092", cluster.kafka)
                .replace("replication: 1", "replication: 2")
                .replace("http://objects:9000", servers.s3().toString())
                .replace("http://queues:9324", servers.sqs().toString())
                .replace("http://topics:5000", topics.url())
                .replace("jdbc:postgresql://catalog:5432/trailwarden", servers.postgres())
                .replace("jdbc.user: trailwarden", "jdbc.user: postgres")
                .replace("parallelism: 4", "parallelism: 4\n  checkpoint-interval: 1s");
        return Files.writeString(
                directory.resolve("trailwarden.yaml"),
                text + "console: {port: 0}\nreference: [\"" + generated.resolve("reference/reference.yaml") + "\"]\n");
    }

    private Set<String> oracle(Path generated) throws Exception {
        Path config = Files.writeString(
                directory.resolve("oracle.yaml"),
                "reference: [\"" + generated.resolve("reference/reference.yaml") + "\"]\n");
        Store undisturbed = new Store(directory.resolve("undisturbed"));
        Command.line(
                        REPOSITORY,
                        environment,
                        "./trailwarden run --once --json --config " + config + " --data " + undisturbed.directory()
                                + " --input " + generated.resolve("input"))
                .await(PATIENCE)
                .mustBeFine();
        return undisturbed.openFindings(config);
    }

    /** Puts every file into the bucket and announces it, as CloudTrail does. */
    private void deliver(Path input) throws IOException {
        List<Path> files;
        try (Stream<Path> all = Files.walk(input)) {
            files = all.filter(Files::isRegularFile).sorted().toList();
        }
        for (Path file : files) {
            deliver("AWSLogs/" + input.relativize(file), Files.readAllBytes(file));
        }
    }

    private void deliver(String key, byte[] object) {
        S3Buckets.put(servers, "trail", key, object);
        S3Buckets.send(servers, "trail", "{\"s3Bucket\":\"trail\",\"s3ObjectKey\":[\"" + key + "\"]}");
    }

    /** A message leaves the queue when the records of its object are in the tables. */
    private void awaitStored() {
        await().atMost(PATIENCE)
                .pollInterval(Duration.ofMillis(500))
                .until(() -> S3Buckets.messages(servers, "trail") == 0);
    }

    private static Set<String> shown(String pages, String member) throws IOException, InterruptedException {
        HttpResponse<String> response = HTTP.send(
                HttpRequest.newBuilder(URI.create(pages).resolve("/api/findings?limit=1000"))
                        .build(),
                HttpResponse.BodyHandlers.ofString());
        assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
        Set<String> values = new TreeSet<>();
        for (JsonNode row : JSON.readTree(response.body()).get("findings")) {
            values.add(row.get(member).asText());
        }
        return values;
    }

    private static long stored(Store store, Path config) throws Exception {
        String answer = store.ask(
                        config,
                        "query",
                        "--format",
                        "csv",
                        "SELECT (SELECT count(DISTINCT event_id) FROM cloudtrail) + (SELECT count(*) FROM executions) AS n")
                .strip();
        return Long.parseLong(answer.substring(answer.lastIndexOf('\n') + 1).strip());
    }
}
