package io.trailwarden.e2e;

import io.trailwarden.testing.aws.RealServers;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * Kafka, ZooKeeper and Flink as processes of this machine, each from the jars that Maven has: the topology of
 * {@code docker-compose.yml} without containers. Everything listens on loopback, logs beside its files, and is killed by
 * the process that was started and nothing else.
 */
final class Processes implements AutoCloseable {

    private static final HttpClient HTTP = HttpClient.newHttpClient();

    /** What a Flink installation brings; the job's own libraries must come with the job's jar. */
    private static final String FLINKS_OWN = ".*/(org/apache/flink/(?!flink-connector)|com/ververica|org/snakeyaml"
            + "|commons-|org/apache/commons|com/esotericsoftware|com/twitter|org/objenesis|org/slf4j|ch/qos/logback"
            + "|at/yawk/lz4|org/lz4|org/javassist|org/xerial/snappy|com/google/code/findbugs).*";

    private final Path directory;
    private final Path logging;
    private final Map<String, List<String>> commands = new LinkedHashMap<>();
    private final Map<String, Process> running = new LinkedHashMap<>();

    Processes(Path directory) throws IOException {
        this.directory = directory;
        // Without one, Logback writes every request that Kafka's clients make.
        logging = Files.writeString(
                directory.resolve("logging.xml"),
                """
                <configuration>
                  <appender name="out" class="ch.qos.logback.core.ConsoleAppender">
                    <encoder><pattern>%d{HH:mm:ss.SSS} %-5level %logger{20} %msg%n</pattern></encoder>
                  </appender>
                  <root level="INFO"><appender-ref ref="out"/></root>
                </configuration>
                """);
    }

    /** A port that was free a moment ago. */
    static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    /** Starts a process under a name; what it prints is in {@code NAME.log}. */
    void start(String name, String heap, List<String> classpath, String main, String... arguments) throws IOException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx" + heap,
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-Duser.language=en",
                "-Dlogback.configurationFile=" + logging,
                "--add-opens=java.base/java.util=ALL-UNNAMED",
                "--add-opens=java.base/java.lang=ALL-UNNAMED",
                "--add-opens=java.base/java.time=ALL-UNNAMED",
                "--add-opens=java.base/java.net=ALL-UNNAMED",
                "-cp",
                String.join(":", classpath),
                main));
        command.addAll(List.of(arguments));
        commands.put(name, command);
        again(name);
    }

    /** Starts a process again as it was started before, as a supervisor does. */
    void again(String name) throws IOException {
        ProcessBuilder builder = new ProcessBuilder(commands.get(name))
                .directory(directory.toFile())
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(
                        directory.resolve(name + ".log").toFile()));
        builder.environment().put("AWS_ACCESS_KEY_ID", RealServers.KEY);
        builder.environment().put("AWS_SECRET_ACCESS_KEY", RealServers.SECRET);
        running.put(name, builder.start());
    }

    /** {@code kill -9}; returns when it is gone. */
    void kill(String name) throws InterruptedException {
        running.get(name).destroyForcibly().waitFor();
    }

    /** The last lines of a process's log, for whoever asks why. */
    String log(String name) throws IOException {
        List<String> lines = Files.readAllLines(directory.resolve(name + ".log"));
        return String.join("\n", lines.subList(Math.max(0, lines.size() - 40), lines.size()));
    }

    static List<String> all() {
        return List.of(System.getProperty("java.class.path").split(":"));
    }

    static List<String> flinks() {
        return Arrays.stream(System.getProperty("java.class.path").split(":"))
                .filter(jar -> jar.matches(FLINKS_OWN))
                .toList();
    }

    /**
     * Formats and starts a broker; the first is also the controller.
     *
     * @param more further properties, by name
     */
    void broker(int id, int port, int controllerPort, String clusterId, Map<String, String> more)
            throws IOException, InterruptedException {
        Map<String, String> properties = new LinkedHashMap<>();
        properties.put("node.id", Integer.toString(id));
        properties.put("process.roles", id == 1 ? "broker,controller" : "broker");
        properties.put("controller.quorum.voters", "1@127.0.0.1:" + controllerPort);
        properties.put(
                "listeners",
                "PLAINTEXT://127.0.0.1:" + port + (id == 1 ? ",CONTROLLER://127.0.0.1:" + controllerPort : ""));
        properties.put("advertised.listeners", "PLAINTEXT://127.0.0.1:" + port);
        properties.put("listener.security.protocol.map", "PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT");
        properties.put("controller.listener.names", "CONTROLLER");
        properties.put("inter.broker.listener.name", "PLAINTEXT");
        properties.put("log.dirs", directory.resolve("kafka-" + id).toString());
        properties.put("offsets.topic.num.partitions", "4");
        properties.put("offsets.topic.replication.factor", more.getOrDefault("replicas", "1"));
        properties.put("default.replication.factor", more.getOrDefault("replicas", "1"));
        properties.put("message.max.bytes", "8388608");
        properties.put("replica.fetch.max.bytes", "8388608");
        properties.put("group.initial.rebalance.delay.ms", "0");
        properties.put("broker.session.timeout.ms", "6000");
        properties.put("broker.heartbeat.interval.ms", "1000");
        properties.putAll(more);
        properties.remove("replicas");
        Path file = directory.resolve("broker-" + id + ".properties");
        Files.write(
                file,
                properties.entrySet().stream()
                        .map(each -> each.getKey() + "=" + each.getValue())
                        .toList());
        start(
                "format-" + id,
                "256m",
                all(),
                "kafka.tools.StorageTool",
                "format",
                "-t",
                clusterId,
                "-c",
                file.toString());
        if (running.get("format-" + id).waitFor() != 0) {
            throw new AssertionError(log("format-" + id));
        }
        start("broker-" + id, "512m", all(), "kafka.Kafka", file.toString());
    }

    /** A JSON answer of Flink's REST API. */
    static String get(String url) throws IOException, InterruptedException {
        HttpResponse<String> response = HTTP.send(
                HttpRequest.newBuilder(URI.create(url))
                        .timeout(Duration.ofSeconds(5))
                        .build(),
                HttpResponse.BodyHandlers.ofString());
        if (response.statusCode() != 200) {
            throw new IOException(url + ": " + response.statusCode());
        }
        return response.body();
    }

    /** Asks Flink's REST API for a change. */
    static void patch(String url) throws IOException, InterruptedException {
        HttpResponse<String> response = HTTP.send(
                HttpRequest.newBuilder(URI.create(url))
                        .method("PATCH", HttpRequest.BodyPublishers.noBody())
                        .build(),
                HttpResponse.BodyHandlers.ofString());
        if (response.statusCode() / 100 != 2) {
            throw new IOException(url + ": " + response.statusCode() + " " + response.body());
        }
    }

    /** Names of the processes that are not running any more though nobody killed them. */
    String dead() {
        return running.entrySet().stream()
                .filter(each -> !each.getValue().isAlive() && !each.getKey().startsWith("format"))
                .map(Map.Entry::getKey)
                .collect(Collectors.joining(", "));
    }

    @Override
    public void close() {
        running.values().forEach(Process::destroyForcibly);
        for (Process process : running.values()) {
            process.onExit().join();
        }
    }
}
