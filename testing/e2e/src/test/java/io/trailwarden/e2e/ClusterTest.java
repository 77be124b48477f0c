package io.trailwarden.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.trailwarden.testing.generator.GeneratedFiles;
import io.trailwarden.testing.generator.Scenario;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;

/**
 * The stages apart against a real cluster on this machine, as {@code docs/operations/stages-apart.md} says: two brokers,
 * a JobManager with high availability, two TaskManagers, the job from its jar. The TaskManager in work, the JobManager
 * and a broker are killed with {@code kill -9}, one after another; stored rows and finding ids equal the oracle's.
 *
 * <p>{@code ./mvnw -Pcluster -pl testing/e2e -am verify -Dtest=ClusterTest -Dsurefire.failIfNoSpecifiedTests=false
 * -Dcluster.events=300000} for what is promised; a smaller number by default.
 */
@EnabledIfSystemProperty(named = "cluster.jar", matches = ".+", disabledReason = "needs the profile cluster")
@Timeout(3600)
class ClusterTest {

    private static final int EVENTS = Integer.getInteger("cluster.events", 30_000);
    private static final int PLANTED = Integer.getInteger("cluster.planted", 60);
    private static final Duration PATIENCE = Duration.ofMinutes(10 + EVENTS / 30_000);

    @TempDir
    Path directory;

    private final List<Duration> recoveries = new ArrayList<>();
    private Cluster flink;
    private String job = "";

    @Test
    void stages_apart_survive_the_loss_of_each_part() throws Exception {
        Path generated = directory.resolve("generated");
        GeneratedFiles.write(Scenario.of(1, EVENTS).withPlanted(PLANTED), generated);
        Path config = directory.resolve("trailwarden.yaml");
        Files.writeString(
                config,
                "reference: [\"" + generated.resolve("reference/reference.yaml") + "\"]\n"
                        + "kafka: {partitions: 4, replication: 2}\n"
                        + "processing: {checkpoint-interval: 2s, parallelism: 2}\n");
        Set<String> oracle = oracle(generated, config);
        Store store = new Store(directory.resolve("tables"));
        try (Processes cluster = new Processes(directory)) {
            flink = Cluster.start(cluster, directory);
            String[] common = {"--kafka", flink.kafka, "--config", config.toString()};
            try (Command ingest = Command.start(
                            directory,
                            with(
                                    common,
                                    "ingest",
                                    "--once",
                                    "--input",
                                    generated.resolve("input").toString(),
                                    "--data",
                                    directory.resolve("ingest").toString()));
                    Command sink = Command.start(
                            directory,
                            with(common, "sink", "--data", store.directory().toString(), "storage"))) {
                submit(common, store);
                flink.awaitCheckpoint(job, 0);
                lose(cluster, flink.busyTaskManager());
                lose(cluster, "jobmanager");
                lose(cluster, "broker-2");
                System.out.println("waiting until all records are stored");
                ingest.await(PATIENCE).mustBeFine();
                await().atMost(PATIENCE).pollInterval(Duration.ofSeconds(1)).until(() -> allFound(store, oracle));
                assertThat(sink.isAlive()).as("the sink goes on").isTrue();
                console(common, store);
            }
            assertThat(cluster.dead()).isEmpty();
        }
        report(store, generated, oracle);
    }

    private boolean allFound(Store store, Set<String> oracle) throws Exception {
        Set<String> missing = new TreeSet<>(oracle);
        missing.removeAll(store.openFindings());
        System.out.printf(
                Locale.ROOT,
                "%,d of %,d findings stored, checkpoint %d complete%n",
                oracle.size() - missing.size(),
                oracle.size(),
                flink.latestCheckpoint(job));
        return missing.isEmpty();
    }

    private Set<String> oracle(Path generated, Path config) throws Exception {
        Store undisturbed = new Store(directory.resolve("undisturbed"));
        undisturbed.runOnce(
                PATIENCE,
                "--config",
                config.toString(),
                "--input",
                generated.resolve("input").toString());
        return undisturbed.openFindings();
    }

    private void submit(String[] common, Store store) throws Exception {
        String out = Command.run(
                        directory,
                        Duration.ofMinutes(3),
                        with(
                                common,
                                "process",
                                "--data",
                                store.directory().toString(),
                                "--jobmanager",
                                flink.jobmanager,
                                "--jar",
                                System.getProperty("cluster.jar"),
                                "--checkpoints",
                                directory.resolve("checkpoints").toUri().toString()))
                .mustBeFine();
        job = out.lines()
                .filter(line -> line.startsWith("Submitted as job "))
                .findFirst()
                .orElseThrow(() -> new AssertionError(out))
                .substring("Submitted as job ".length());
    }

    /** Kills a process, starts it again, and takes the time until the job completes its next checkpoint. */
    private void lose(Processes cluster, String name) throws Exception {
        long before = flink.latestCheckpoint(job);
        long began = System.nanoTime();
        cluster.kill(name);
        cluster.again(name);
        flink.awaitCheckpoint(job, before);
        Duration took = Duration.ofNanos(System.nanoTime() - began);
        recoveries.add(took);
        System.out.printf(
                Locale.ROOT,
                "kill -9 of %s: the next checkpoint was complete after %.1f s%n",
                name,
                took.toMillis() / 1000.0);
        // The next loss hits a whole cluster, not one that is still coming back.
        flink.awaitTaskManagers();
    }

    private void console(String[] common, Store store) throws Exception {
        try (Command console = Command.start(
                directory,
                with(
                        common,
                        "console",
                        "--port",
                        "0",
                        "--data",
                        store.directory().toString()))) {
            console.awaitError(line -> line.startsWith("Console: http://127.0.0.1:"), Duration.ofMinutes(2));
        }
    }

    private void report(Store store, Path generated, Set<String> oracle) throws Exception {
        Set<String> truth = new TreeSet<>(Files.readAllLines(generated.resolve("truth/cloudtrail-ids.txt")));
        truth.addAll(Files.readAllLines(generated.resolve("truth/execution-ids.txt")));
        List<String> rows = store.eventIds();
        Set<String> findings = store.openFindings();
        Collections.sort(recoveries);
        Set<String> distinct = new HashSet<>(rows);
        System.out.printf(
                Locale.ROOT,
                "%,d records, %,d findings; kill -9 of TaskManager, JobManager and broker: rows lost %d, doubled %d;"
                        + " findings equal the oracle's: %s; recovery p50 %.1f s, max %.1f s%n",
                truth.size(),
                oracle.size(),
                truth.stream().filter(id -> !distinct.contains(id)).count(),
                rows.size() - distinct.size(),
                findings.equals(oracle),
                recoveries.get(recoveries.size() / 2).toMillis() / 1000.0,
                recoveries.get(recoveries.size() - 1).toMillis() / 1000.0);
        assertThat(rows).doesNotHaveDuplicates();
        assertThat(new TreeSet<>(rows)).isEqualTo(truth);
        assertThat(findings).isEqualTo(oracle);
        store.verifiedLedger();
    }

    private static String[] with(String[] common, String command, String... more) {
        List<String> all = new ArrayList<>(List.of(command));
        all.addAll(List.of(common));
        all.addAll(List.of(more));
        return all.toArray(String[]::new);
    }
}
