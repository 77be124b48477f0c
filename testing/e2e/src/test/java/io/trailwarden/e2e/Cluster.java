package io.trailwarden.e2e;

import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.apache.kafka.common.Uuid;

/** Two brokers, ZooKeeper, a JobManager with high availability and two TaskManagers as processes of this machine. */
final class Cluster {

    private static final ObjectMapper JSON = new ObjectMapper();

    /** {@code host:port} of both brokers. */
    final String kafka;

    /** {@code host:port} of Flink's REST API. */
    final String jobmanager;

    private Cluster(String kafka, String jobmanager) {
        this.kafka = kafka;
        this.jobmanager = jobmanager;
    }

    /** Starts all of them and returns when Flink has its TaskManagers. */
    static Cluster start(Processes processes, Path directory) throws IOException, InterruptedException {
        int first = Processes.freePort();
        int second = Processes.freePort();
        int controller = Processes.freePort();
        String kafka = "127.0.0.1:" + first + ",127.0.0.1:" + second;
        String id = Uuid.randomUuid().toString();
        processes.broker(1, first, controller, id, Map.of("replicas", "2"));
        processes.broker(2, second, controller, id, Map.of("replicas", "2"));

        int zookeeper = Processes.freePort();
        Files.writeString(
                directory.resolve("zoo.cfg"),
                "tickTime=2000\nclientPort=" + zookeeper + "\nclientPortAddress=127.0.0.1\nadmin.enableServer=false\n"
                        + "dataDir=" + directory.resolve("zookeeper") + "\n");
        Files.createDirectories(directory.resolve("zookeeper"));
        processes.start(
                "zookeeper",
                "128m",
                Processes.flinks(),
                "org.apache.flink.shaded.zookeeper3.org.apache.zookeeper.server.ZooKeeperServerMain",
                directory.resolve("zoo.cfg").toString());
        int restPort = Processes.freePort();
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
        processes.start(
                "jobmanager",
                "700m",
                Processes.flinks(),
                "org.apache.flink.runtime.entrypoint.StandaloneSessionClusterEntrypoint",
                none);
        for (int i = 1; i <= 2; i++) {
            processes.start(
                    "taskmanager-" + i,
                    "900m",
                    Processes.flinks(),
                    "org.apache.flink.runtime.taskexecutor.TaskManagerRunner",
                    "--configDir",
                    conf.toString(),
                    "-D",
                    "taskmanager.resource-id=taskmanager-" + i);
        }
        Cluster cluster = new Cluster(kafka, "127.0.0.1:" + restPort);
        cluster.awaitTaskManagers();
        return cluster;
    }

    /** Waits until both TaskManagers have registered. */
    void awaitTaskManagers() {
        await().atMost(Duration.ofMinutes(3))
                .ignoreExceptions()
                .until(() -> json("/overview").get("taskmanagers").intValue() == 2);
    }

    /** Waits until the job has completed a checkpoint after this one. */
    void awaitCheckpoint(String job, long than) {
        await().atMost(Duration.ofMinutes(4))
                .pollInterval(Duration.ofMillis(200))
                .ignoreExceptions()
                .until(() -> latestCheckpoint(job) > than);
    }

    /** The job's newest complete checkpoint; 0 if it has none. */
    long latestCheckpoint(String job) throws IOException, InterruptedException {
        return json("/jobs/" + job + "/checkpoints").at("/latest/completed/id").asLong(0);
    }

    /** The name of a TaskManager process that runs part of the job. */
    String busyTaskManager() throws IOException, InterruptedException {
        for (JsonNode each : json("/taskmanagers").get("taskmanagers")) {
            if (each.get("freeSlots").intValue() < each.get("slotsNumber").intValue()) {
                return each.get("id").textValue();
            }
        }
        throw new AssertionError("no TaskManager is at work");
    }

    /** An answer of Flink's REST API. */
    JsonNode json(String path) throws IOException, InterruptedException {
        return JSON.readTree(Processes.get("http://" + jobmanager + path));
    }
}
