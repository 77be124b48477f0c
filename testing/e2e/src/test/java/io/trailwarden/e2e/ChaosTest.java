package io.trailwarden.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.trailwarden.testing.generator.GeneratedFiles;
import io.trailwarden.testing.generator.PlantedFinding;
import io.trailwarden.testing.generator.Scenario;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * {@code kill -9} of the whole process at random moments while records flow, and once the loss of Kafka's directory:
 * nothing is lost, nothing is doubled, and it is ready again in time.
 *
 * <p>{@code -Dchaos.kills=20 -Dchaos.events=200000 -Dchaos.planted=1000 -Dchaos.ready=20} for what is promised. Every
 * build has few kills and is patient, because it may run beside anything.
 */
class ChaosTest {

    private static final int KILLS = Integer.getInteger("chaos.kills", 3);
    private static final int EVENTS = Integer.getInteger("chaos.events", 20_000);
    private static final int PLANTED = Integer.getInteger("chaos.planted", 100);
    private static final long SEED = Long.getLong("chaos.seed", 1);
    private static final Duration READY = Duration.ofSeconds(Integer.getInteger("chaos.ready", 60));
    private static final Duration PATIENCE = Duration.ofMinutes(10);

    @TempDir
    Path directory;

    private final Random random = new Random(SEED);

    @Test
    void killed_at_random_moments_it_loses_and_doubles_nothing() throws Exception {
        Path generated = generate();
        Outcome undisturbed = undisturbed(generated);
        Store store = new Store(directory.resolve("disturbed"));
        List<Duration> readyAfter = new ArrayList<>();
        List<Path> files = inOrderOfDelivery(generated.resolve("input"));
        int flowing = 0;
        for (int kill = 0; kill < KILLS; kill++) {
            List<Path> part = files.subList(files.size() * kill / (KILLS + 1), files.size() * (kill + 1) / (KILLS + 1));
            flowing += killOnce(store, part, readyAfter) ? 1 : 0;
            // One life begins without Kafka's directory.
            if (kill == KILLS / 2) {
                deleteTree(store.directory().resolve("kafka"));
            }
        }
        deliver(files.subList(files.size() * KILLS / (KILLS + 1), files.size()));
        Outcome outcome = settle(store);

        Duration slowest = Collections.max(readyAfter);
        System.out.printf(
                Locale.ROOT,
                "%d kills (%d while records flowed), %,d records, %,d findings: lost %d, doubled %d; ready after at most"
                        + " %.1f s, on average %.1f s%n",
                KILLS,
                flowing,
                outcome.rows.size(),
                outcome.findings.size(),
                missing(undisturbed.rows, outcome.rows) + missing(undisturbed.findings, outcome.findings),
                outcome.rows.size() - new HashSet<>(outcome.rows).size(),
                slowest.toMillis() / 1000.0,
                readyAfter.stream().mapToLong(Duration::toMillis).average().orElse(0) / 1000.0);
        assertThat(outcome.rows).doesNotHaveDuplicates();
        assertThat(new TreeSet<>(outcome.rows)).isEqualTo(truth(generated));
        assertThat(outcome.findings).isEqualTo(undisturbed.findings);
        everyPlantedFindingIsFoundOnce(generated, outcome.details);
        assertThat(flowing).as("kills while records flowed").isPositive();
        assertThat(slowest).isLessThanOrEqualTo(READY);
    }

    private record Outcome(List<String> rows, Set<String> findings, Map<String, JsonNode> details) {}

    private Path generate() throws IOException {
        Path generated = directory.resolve("generated");
        GeneratedFiles.write(Scenario.of(SEED, EVENTS).withPlanted(PLANTED), generated);
        Files.writeString(
                directory.resolve("chaos.yaml"),
                "reference: [\"" + generated.resolve("reference/reference.yaml")
                        + "\"]\nprocessing:\n  checkpoint-interval: 1s\n");
        Files.createDirectories(feed());
        return generated;
    }

    private Path feed() {
        return directory.resolve("feed");
    }

    private Outcome undisturbed(Path generated) throws Exception {
        Store store = new Store(directory.resolve("undisturbed"));
        store.runOnce(
                PATIENCE,
                "--config",
                directory.resolve("chaos.yaml").toString(),
                "--input",
                generated.resolve("input").toString());
        return outcome(store);
    }

    /** One life: ready, files arrive, killed. Returns whether there was still something to store. */
    private boolean killOnce(Store store, List<Path> files, List<Duration> readyAfter) throws Exception {
        long started = System.nanoTime();
        try (Command command = Command.start(
                directory,
                "run",
                "--config",
                directory.resolve("chaos.yaml").toString(),
                "--data",
                store.directory().toString(),
                "--input",
                feed().toString(),
                "--follow",
                "--port",
                "0")) {
            String ready = command.awaitError(line -> line.startsWith("Console: "), Duration.ofMinutes(2));
            answers(URI.create(ready.substring("Console: ".length())));
            readyAfter.add(Duration.ofNanos(System.nanoTime() - started));
            CountDownLatch moment = new CountDownLatch(1);
            Thread delivery = new Thread(() -> {
                try {
                    deliver(files);
                } catch (IOException e) {
                    moment.countDown();
                }
            });
            delivery.start();
            moment.await(random.nextInt(4_000), TimeUnit.MILLISECONDS);
            assertThat(command.isAlive()).as("alive until it is killed").isTrue();
            command.kill();
            delivery.join();
        }
        return !files.isEmpty();
    }

    private Outcome settle(Store store) throws Exception {
        JsonNode summary = store.runOnce(
                PATIENCE, "--config", directory.resolve("chaos.yaml").toString(), "--input", feed().toString());
        assertThat(summary.get("balanced").booleanValue()).isTrue();
        return outcome(store);
    }

    private static Outcome outcome(Store store) throws Exception {
        List<String> rows = store.eventIds();
        store.verifiedLedger();
        Map<String, JsonNode> details = store.findings();
        Set<String> open = new TreeSet<>();
        details.forEach((id, finding) -> {
            if (finding.get("state").textValue().equalsIgnoreCase("open")) {
                open.add(id);
            }
        });
        details.keySet().retainAll(open);
        return new Outcome(rows, open, details);
    }

    /** Every planted finding is told of by exactly one finding. */
    private static void everyPlantedFindingIsFoundOnce(Path generated, Map<String, JsonNode> findings)
            throws IOException {
        Map<String, String> plantedByEvent = new HashMap<>();
        List<PlantedFinding> planted = GeneratedFiles.planted(generated);
        for (PlantedFinding each : planted) {
            each.eventIds()
                    .forEach(id -> plantedByEvent.put(
                            id, each.kind() + " " + each.eventIds().get(0)));
        }
        Map<String, Integer> told = new HashMap<>();
        for (JsonNode finding : findings.values()) {
            Set<String> about = new HashSet<>();
            finding.get("eventIds").forEach(id -> about.add(plantedByEvent.getOrDefault(id.textValue(), "nothing")));
            about.forEach(each -> told.merge(each, 1, Integer::sum));
        }
        told.remove("nothing");
        assertThat(told).hasSize(planted.size());
        assertThat(told.values()).containsOnly(1);
    }

    private static Set<String> truth(Path generated) throws IOException {
        Set<String> ids = new TreeSet<>(Files.readAllLines(generated.resolve("truth/cloudtrail-ids.txt")));
        ids.addAll(Files.readAllLines(generated.resolve("truth/execution-ids.txt")));
        return ids;
    }

    private static long missing(Iterable<String> expected, Collection<String> found) {
        Set<String> there = new HashSet<>(found);
        long missing = 0;
        for (String each : expected) {
            missing += there.contains(each) ? 0 : 1;
        }
        return missing;
    }

    private static void answers(URI console) throws Exception {
        HttpResponse<Void> response = HttpClient.newHttpClient()
                .send(
                        HttpRequest.newBuilder(console)
                                .timeout(Duration.ofSeconds(20))
                                .build(),
                        HttpResponse.BodyHandlers.discarding());
        assertThat(response.statusCode()).isLessThan(400);
    }

    private static List<Path> inOrderOfDelivery(Path input) throws IOException {
        try (Stream<Path> all = Files.walk(input)) {
            return all.filter(Files::isRegularFile)
                    .sorted(Comparator.comparing(
                            path -> path.getFileName().toString().split("_")[3]))
                    .toList();
        }
    }

    /** Links whole files into the folder that is followed, as a mover of files does. */
    private void deliver(List<Path> files) throws IOException {
        for (Path file : files) {
            Files.createLink(feed().resolve(file.getFileName()), file);
        }
    }

    private static void deleteTree(Path root) throws IOException {
        if (!Files.exists(root)) {
            return;
        }
        try (Stream<Path> all = Files.walk(root)) {
            for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(path);
            }
        }
    }
}
