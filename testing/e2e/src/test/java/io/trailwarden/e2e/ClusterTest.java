package io.trailwarden.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.trailwarden.testing.generator.GeneratedFiles;
import io.trailwarden.testing.generator.Scenario;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.apache.kafka.common.Uuid;
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
@Timeout(1800)
class ClusterTest {

    private static final int EVENTS = Integer.getInteger("cluster.events", 30_000);
    private static final int PLANTED = Integer.getInteger("cluster.planted", 60);
    private static final Duration PATIENCE = Duration.ofMinutes(10);
    private static final ObjectMapper JSON = new ObjectMapper();

    @TempDir
    Path directory;

    private final List<Duration> recoveries = new ArrayList<>();
    private String kafka = "";
    private String rest = "";
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
            start(cluster);
            String[] common = {"--kafka", kafka, "--config", config.toString()};
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
                awaitCheckpoint(0);
                lose(cluster, "taskmanager-" + busyTaskManager());
                lose(cluster, "jobmanager");
                lose(cluster, "broker-2");
                ingest.await(PATIENCE).mustBeFine();
                await().atMost(PATIENCE).pollInterval(Duration.ofSeconds(1)).until(() -> store.openFindings()
                        .containsAll(oracle));
                assertThat(sink.isAlive()).as("the sink goes on").isTrue();
                console(common, store);
            }
            assertThat(cluster.dead()).isEmpty();
        }
        report(store, generated, oracle);
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

    private void start(Processes cluster) throws Exception {
        int first = Processes.freePort();
        int second = Processes.freePort();
        int controller = Processes.freePort();
        kafka = "127.0.0.1:" + first + ",127.0.0.1:" + second;
        String id = Uuid.randomUuid().toString();
        cluster.broker(1, first, controller, id, Map.of("replicas", "2"));
        cluster.broker(2, second, controller, id, Map.of("replicas", "2"));

        int zookeeper = Processes.freePort();
        Files.writeString(
                directory.resolve("zoo.cfg"),
                "tickTime=2000\nclientPort=" + zookeeper + "\nclientPortAddress=127.0.0.1\nadmin.enableServer=false\n"
                        + "dataDir=" + directory.resolve("zookeeper") + "\n");
        Files.createDirectories(directory.resolve("zookeeper"));
        cluster.start(
                "zookeeper",
                "128m",
                Processes.flinks(),
                "org.apache.flink.shaded.zookeeper3.org.apache.zookeeper.server.ZooKeeperServerMain",
                directory.resolve("zoo.cfg").toString());
        int restPort = Processes.freePort();
        rest = "http://127.0.0.1:" + restPort;
        Path conf = Files.createDirectories(directory.resolve("conf"));
        Files.writeString(
                conf.resolve("config.yaml"),
                """
                jobmanager.rpc.address: 127.0.0.1
                jobmanager.bind-host: 127.0.0.1
                rest.address: 127.0.0.1
                rest.bind-address: 127.0.0.1
                rest.port: %d
                jobmanager.memory.flink.size: 600m
                jobmanager.memory.heap.size: 470m
                high-availability.type: zookeeper
                high-availability.zookeeper.quorum: 127.0.0.1:%d
                high-availability.storageDir: file://%s
                taskmanager.bind-host: 127.0.0.1
                taskmanager.host: 127.0.0.1
                taskmanager.numberOfTaskSlots: 2
                taskmanager.cpu.cores: 1.0
                taskmanager.memory.task.heap.size: 700m
                taskmanager.memory.task.off-heap.size: 64m
                taskmanager.memory.managed.size: 64m
                taskmanager.memory.network.min: 64m
                taskmanager.memory.network.max: 64m
                taskmanager.memory.framework.heap.size: 128m
                taskmanager.memory.framework.off-heap.size: 64m
                taskmanager.memory.jvm-metaspace.size: 256m
                taskmanager.memory.jvm-overhead.min: 128m
                taskmanager.memory.jvm-overhead.max: 128m
                heartbeat.interval: 1000
                heartbeat.timeout: 8000
                parallelism.default: 2
                """
                        .formatted(restPort, zookeeper, directory.resolve("ha")));
        String[] none = {"--configDir", conf.toString()};
        cluster.start(
                "jobmanager",
                "700m",
                Processes.flinks(),
                "org.apache.flink.runtime.entrypoint.StandaloneSessionClusterEntrypoint",
                none);
        for (int i = 1; i <= 2; i++) {
            cluster.start(
                    "taskmanager-" + i,
                    "900m",
                    Processes.flinks(),
                    "org.apache.flink.runtime.taskexecutor.TaskManagerRunner",
                    "--configDir",
                    conf.toString(),
                    "-D",
                    "taskmanager.resource-id=taskmanager-" + i);
        }
        await().atMost(Duration.ofMinutes(3))
                .ignoreExceptions()
                .until(() -> json("/overview").get("taskmanagers").intValue() == 2);
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
                                rest.substring("http://".length()),
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
        long before = latestCheckpoint();
        long began = System.nanoTime();
        cluster.kill(name);
        cluster.again(name);
        awaitCheckpoint(before);
        Duration took = Duration.ofNanos(System.nanoTime() - began);
        recoveries.add(took);
        System.out.printf(
                Locale.ROOT,
                "kill -9 of %s: the next checkpoint was complete after %.1f s%n",
                name,
                took.toMillis() / 1000.0);
        // The next loss hits a whole cluster, not one that is still coming back.
        await().atMost(Duration.ofMinutes(2))
                .ignoreExceptions()
                .until(() -> json("/overview").get("taskmanagers").intValue() == 2);
    }

    private void awaitCheckpoint(long than) {
        await().atMost(Duration.ofMinutes(4))
                .pollInterval(Duration.ofMillis(200))
                .ignoreExceptions()
                .until(() -> latestCheckpoint() > than);
    }

    private long latestCheckpoint() throws IOException, InterruptedException {
        return json("/jobs/" + job + "/checkpoints").at("/latest/completed/id").asLong(0);
    }

    private String busyTaskManager() throws IOException, InterruptedException {
        for (JsonNode each : json("/taskmanagers").get("taskmanagers")) {
            if (each.get("freeSlots").intValue() < each.get("slotsNumber").intValue()) {
                return each.get("id").textValue().substring("taskmanager-".length());
            }
        }
        throw new AssertionError("no TaskManager is at work");
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
        System.out.printf(
                Locale.ROOT,
                "%,d records, %,d findings; kill -9 of TaskManager, JobManager and broker: rows lost %d, doubled %d;"
                        + " findings equal the oracle's: %s; recovery p50 %.1f s, max %.1f s%n",
                truth.size(),
                oracle.size(),
                truth.stream()
                        .filter(id -> !new HashSet<>(rows).contains(id))
                        .limit(1)
                        .count(),
                rows.size() - new HashSet<>(rows).size(),
                findings.equals(oracle),
                recoveries.get(recoveries.size() / 2).toMillis() / 1000.0,
                recoveries.get(recoveries.size() - 1).toMillis() / 1000.0);
        assertThat(rows).doesNotHaveDuplicates();
        assertThat(new TreeSet<>(rows)).isEqualTo(truth);
        assertThat(findings).isEqualTo(oracle);
        store.verifiedLedger();
    }

    private JsonNode json(String path) throws IOException, InterruptedException {
        return JSON.readTree(Processes.get(rest + path));
    }

    private static String[] with(String[] common, String command, String... more) {
        List<String> all = new ArrayList<>(List.of(command));
        all.addAll(List.of(common));
        all.addAll(List.of(more));
        return all.toArray(String[]::new);
    }
}
