package io.trailwarden.embedded;

import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.ExecutionException;
import kafka.server.KafkaConfig;
import kafka.server.KafkaRaftServer;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.errors.TopicExistsException;
import org.apache.kafka.common.utils.Time;
import org.apache.kafka.metadata.properties.MetaProperties;
import org.apache.kafka.metadata.properties.MetaPropertiesEnsemble;
import org.apache.kafka.metadata.storage.Formatter;
import org.apache.kafka.server.common.MetadataVersion;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One Kafka broker in this process: broker and controller together, on loopback only, its log in one directory.
 *
 * <p>The directory outlives the process: started again on it, even after {@code kill -9}, the broker recovers its log
 * and keeps its cluster id. An empty or missing directory is formatted and gets a new cluster id, by which others
 * recognise that the log began anew. Only one process may use a directory at a time; Kafka locks it.
 *
 * <p>It is one replica and never more, so it is for laptops, demonstrations and tests. Messages up to
 * {@link #MAX_MESSAGE_BYTES} are accepted. A topic that is not compacted keeps at most {@link #RETENTION_BYTES} a
 * partition, so the directory stays bounded.
 */
public final class EmbeddedKafka implements AutoCloseable {

    /** The largest message, in bytes; CloudTrail's own limit of 256 KB an event leaves much room. */
    public static final int MAX_MESSAGE_BYTES = 8 * 1024 * 1024;

    /** How much of its past a partition keeps, in bytes. */
    public static final long RETENTION_BYTES = 4L * 1024 * 1024 * 1024;

    private static final Logger LOG = LoggerFactory.getLogger(EmbeddedKafka.class);
    private static final int SEGMENT_BYTES = 64 * 1024 * 1024;
    private static final int NODE = 1;
    private static final int START_ATTEMPTS = 5;

    private final KafkaRaftServer server;
    private final String bootstrapServers;
    private final String clusterId;

    private EmbeddedKafka(KafkaRaftServer server, int port, String clusterId) {
        this.server = server;
        this.bootstrapServers = "127.0.0.1:" + port;
        this.clusterId = clusterId;
    }

    /** Starts a broker on a free port. */
    public static EmbeddedKafka start(Path directory) {
        return start(directory, 0);
    }

    /**
     * Starts a broker and returns when it serves clients.
     *
     * @param directory its log; made and formatted when it is new
     * @param port the loopback port for clients; 0 takes a free one
     * @throws EmbeddedStartException when the directory is in use, damaged or not writable, or the port is taken
     */
    public static synchronized EmbeddedKafka start(Path directory, int port) {
        // Kafka 4.2 upper-cases protocol names in the default locale and so does not start where i becomes a dotted İ.
        Locale usual = Locale.getDefault();
        Locale.setDefault(Locale.ROOT);
        try {
            String clusterId = format(directory);
            return port == 0 ? startOnFreePort(directory, clusterId) : start(directory, clusterId, port);
        } finally {
            Locale.setDefault(usual);
        }
    }

    /** A port that was free a moment ago may be taken now, so this tries a few. */
    private static EmbeddedKafka startOnFreePort(Path directory, String clusterId) {
        for (int attempt = 1; attempt < START_ATTEMPTS; attempt++) {
            try {
                return start(directory, clusterId, freePort(0));
            } catch (EmbeddedStartException e) {
                if (!takenPort(e)) {
                    throw e;
                }
                LOG.debug("A port was taken in between, trying another", e);
            }
        }
        return start(directory, clusterId, freePort(0));
    }

    private static EmbeddedKafka start(Path directory, String clusterId, int port) {
        KafkaRaftServer server = null;
        try {
            server = new KafkaRaftServer(
                    KafkaConfig.fromProps(properties(directory, port, freePort(port)), false), Time.SYSTEM);
            server.startup();
            return new EmbeddedKafka(server, port, clusterId);
        } catch (RuntimeException e) {
            if (server != null) {
                server.shutdown();
            }
            throw new EmbeddedStartException("Kafka did not start in " + directory + ": " + e.getMessage(), e);
        }
    }

    /** {@code host:port} for clients. */
    public String bootstrapServers() {
        return bootstrapServers;
    }

    /** Changes exactly when the directory was formatted anew. */
    public String clusterId() {
        return clusterId;
    }

    /**
     * Makes a topic unless it exists.
     *
     * @param compacted whether the last value of every key is kept for ever instead of a bounded past
     */
    public void createTopic(String name, int partitions, boolean compacted) {
        Map<String, String> config = compacted
                ? Map.of("cleanup.policy", "compact", "segment.bytes", Integer.toString(8 * 1024 * 1024))
                : Map.of(
                        "cleanup.policy", "delete",
                        "retention.ms", "-1",
                        "retention.bytes", Long.toString(RETENTION_BYTES));
        Map<String, Object> settings = Map.of(AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG, bootstrapServers);
        try (Admin admin = Admin.create(settings)) {
            admin.createTopics(List.of(new NewTopic(name, partitions, (short) 1).configs(config)))
                    .all()
                    .get();
        } catch (ExecutionException e) {
            if (!(e.getCause() instanceof TopicExistsException)) {
                throw new IllegalStateException("Topic " + name + " cannot be made", e.getCause());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("Interrupted while making topic " + name, e);
        }
    }

    /** Stops the broker; what clients were told is written is on disk. */
    @Override
    public void close() {
        server.shutdown();
        server.awaitShutdown();
    }

    private static String format(Path directory) {
        try {
            Files.createDirectories(directory);
            MetaPropertiesEnsemble found = new MetaPropertiesEnsemble.Loader()
                    .addMetadataLogDir(directory.toString())
                    .load();
            MetaProperties properties = found.logDirProps().get(directory.toString());
            if (properties != null && properties.clusterId().isPresent()) {
                return properties.clusterId().get();
            }
            String clusterId = Uuid.randomUuid().toString();
            new Formatter()
                    .setPrintStream(new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8))
                    .setNodeId(NODE)
                    .setClusterId(clusterId)
                    .addDirectory(directory.toString())
                    .setMetadataLogDirectory(directory.toString())
                    .setReleaseVersion(MetadataVersion.latestProduction())
                    .setControllerListenerName("CONTROLLER")
                    .run();
            return clusterId;
        } catch (IOException e) {
            throw new EmbeddedStartException(
                    "Kafka's directory " + directory + " cannot be used: " + e.getMessage(), e);
        } catch (Exception e) { // Formatter.run declares it
            throw new EmbeddedStartException(
                    "Kafka's directory " + directory + " cannot be formatted: " + e.getMessage(), e);
        }
    }

    private static Properties properties(Path directory, int port, int controllerPort) {
        Properties p = new Properties();
        p.setProperty("process.roles", "broker,controller");
        p.setProperty("node.id", Integer.toString(NODE));
        p.setProperty("log.dirs", directory.toString());
        p.setProperty("listeners", "CLIENTS://127.0.0.1:" + port + ",CONTROLLER://127.0.0.1:" + controllerPort);
        p.setProperty("advertised.listeners", "CLIENTS://127.0.0.1:" + port);
        p.setProperty("listener.security.protocol.map", "CLIENTS:PLAINTEXT,CONTROLLER:PLAINTEXT");
        p.setProperty("inter.broker.listener.name", "CLIENTS");
        p.setProperty("controller.listener.names", "CONTROLLER");
        p.setProperty("controller.quorum.voters", NODE + "@127.0.0.1:" + controllerPort);
        p.setProperty("auto.create.topics.enable", "false");

        p.setProperty("message.max.bytes", Integer.toString(MAX_MESSAGE_BYTES));
        p.setProperty("replica.fetch.max.bytes", Integer.toString(MAX_MESSAGE_BYTES));
        p.setProperty("log.segment.bytes", Integer.toString(SEGMENT_BYTES));
        p.setProperty("log.retention.check.interval.ms", "10000");
        p.setProperty("log.segment.delete.delay.ms", "1000");
        p.setProperty("log.cleaner.dedupe.buffer.size", Integer.toString(4 * 1024 * 1024));
        p.setProperty("log.cleaner.backoff.ms", "15000");
        p.setProperty("log.index.size.max.bytes", Integer.toString(1024 * 1024));
        p.setProperty("metadata.log.max.record.bytes.between.snapshots", Integer.toString(4 * 1024 * 1024));
        p.setProperty("metadata.log.segment.bytes", Integer.toString(8 * 1024 * 1024));
        p.setProperty("metadata.max.retention.bytes", Integer.toString(32 * 1024 * 1024));
        p.setProperty("metadata.max.idle.interval.ms", "5000");

        // One replica of everything, and as few partitions and threads as one process needs.
        p.setProperty("offsets.topic.num.partitions", "1");
        p.setProperty("offsets.topic.replication.factor", "1");
        p.setProperty("offsets.topic.segment.bytes", Integer.toString(8 * 1024 * 1024));
        p.setProperty("transaction.state.log.num.partitions", "1");
        p.setProperty("transaction.state.log.replication.factor", "1");
        p.setProperty("transaction.state.log.min.isr", "1");
        p.setProperty("share.coordinator.state.topic.num.partitions", "1");
        p.setProperty("share.coordinator.state.topic.replication.factor", "1");
        p.setProperty("share.coordinator.state.topic.min.isr", "1");
        p.setProperty("num.network.threads", "1");
        p.setProperty("num.io.threads", "2");
        p.setProperty("background.threads", "1");
        p.setProperty("num.recovery.threads.per.data.dir", "2");
        p.setProperty("log.cleaner.threads", "1");
        p.setProperty("group.initial.rebalance.delay.ms", "0");
        // After kill -9 the controller refuses the new broker until the old one's session has run out. Too short a
        // session only fences the broker during a long pause; it is back with its next heartbeat.
        p.setProperty("broker.heartbeat.interval.ms", "500");
        p.setProperty("broker.session.timeout.ms", "3000");
        p.setProperty("metric.reporters", "");
        return p;
    }

    /** @param taken a port that is meant for something else, though nothing listens on it yet */
    private static int freePort(int taken) {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            int port = socket.getLocalPort();
            // Asked again while this one is open, the system gives another.
            return port == taken ? freePort(taken) : port;
        } catch (IOException e) {
            throw new UncheckedIOException("No free port on loopback", e);
        }
    }

    private static boolean takenPort(Throwable failure) {
        for (Throwable t = failure; t != null; t = t.getCause()) {
            if (t instanceof java.net.BindException
                    || (t.getMessage() != null && t.getMessage().contains("Address already in use"))) {
                return true;
            }
        }
        return false;
    }
}
