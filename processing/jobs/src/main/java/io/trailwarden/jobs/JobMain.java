package io.trailwarden.jobs;

import io.trailwarden.jobs.intake.Detection;
import io.trailwarden.jobs.operator.JobSettings;
import io.trailwarden.storage.catalog.ArchiveConfig;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.format.DateTimeParseException;
import java.util.HashMap;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.TreeSet;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;

/**
 * Submits the detection job to the cluster that Flink's own command names: {@code flink run trailwarden-jobs.jar
 * job.properties}. To go on from a checkpoint give {@code --fromSavepoint} and {@code --allowNonRestoredState}, as with
 * any job.
 *
 * <p>The file has these properties; {@code kafka.} and {@code catalog.} begin properties of the Kafka clients and of the
 * Iceberg catalog:
 *
 * <pre>
 * kafka.bootstrap.servers = broker:9092
 * catalog.catalog-impl    = org.apache.iceberg.rest.RESTCatalog
 * catalog.uri             = https://catalog.example.com
 * catalog.warehouse       = s3://bucket/prefix
 * checkpoints             = s3://bucket/checkpoints
 * parallelism             = 4
 * state-backend           = rocksdb
 * checkpoint-interval     = PT30S
 * max-keys                = 150000
 * </pre>
 *
 * <p>The last four have the defaults of {@link JobSettings#local}.
 */
public final class JobMain {

    private static final String KAFKA = "kafka.";
    private static final String CATALOG = "catalog.";
    private static final Set<String> KNOWN =
            Set.of("checkpoints", "parallelism", "state-backend", "checkpoint-interval", "max-keys");

    private JobMain() {}

    /** Submits the job. */
    public static void main(String[] args) throws Exception { // as declared by StreamExecutionEnvironment.execute
        if (args.length != 1) {
            throw new IllegalArgumentException(args.length + " arguments (expected: one, the properties file)");
        }
        Properties properties = read(Path.of(args[0]));
        KafkaAccess kafka = kafka(properties);
        StreamExecutionEnvironment environment = StreamExecutionEnvironment.getExecutionEnvironment();
        new DetectionJob(
                        DetectionSources.ofKafka(kafka),
                        DetectionSinks.ofKafka(kafka, ArchiveConfig.of(beginning(properties, CATALOG))),
                        Detection.standard(),
                        settings(properties))
                .build(environment);
        environment.execute(DetectionJob.NAME);
    }

    private static Properties read(Path file) throws IOException {
        Properties properties = new Properties();
        try (InputStream in = Files.newInputStream(file)) {
            properties.load(in);
        }
        return properties;
    }

    static KafkaAccess kafka(Properties properties) {
        Map<String, String> clients = beginning(properties, KAFKA);
        String servers = clients.remove("bootstrap.servers");
        if (servers == null) {
            throw new IllegalArgumentException("kafka.bootstrap.servers is missing (expected: host:port)");
        }
        return new KafkaAccess(servers, clients);
    }

    static JobSettings settings(Properties properties) {
        for (String name : new TreeSet<>(properties.stringPropertyNames())) {
            if (!name.startsWith(KAFKA) && !name.startsWith(CATALOG) && !KNOWN.contains(name)) {
                throw new IllegalArgumentException(
                        name + " is unknown (expected: one of " + new TreeSet<>(KNOWN) + ", kafka.*, catalog.*)");
            }
        }
        String checkpoints = properties.getProperty("checkpoints");
        if (checkpoints == null) {
            throw new IllegalArgumentException(
                    "checkpoints is missing (expected: a URI such as s3://bucket/checkpoints)");
        }
        JobSettings settings = JobSettings.local((int) number(properties, "parallelism", 2), URI.create(checkpoints));
        String interval = properties.getProperty("checkpoint-interval");
        if (interval != null) {
            settings = settings.withCheckpointInterval(duration("checkpoint-interval", interval));
        }
        settings = settings.withMaxKeysPerDetector(number(properties, "max-keys", settings.maxKeysPerDetector()));
        String backend = properties.getProperty("state-backend", "heap");
        return switch (backend) {
            case "heap" -> settings;
            case "rocksdb" -> settings.withStateBackend(JobSettings.StateBackend.ROCKSDB);
            default ->
                throw new IllegalArgumentException(
                        "state-backend: \"" + backend + "\" (expected: one of heap, rocksdb)");
        };
    }

    private static Map<String, String> beginning(Properties properties, String prefix) {
        Map<String, String> found = new HashMap<>();
        for (String name : properties.stringPropertyNames()) {
            if (name.startsWith(prefix)) {
                found.put(name.substring(prefix.length()), properties.getProperty(name));
            }
        }
        return found;
    }

    private static long number(Properties properties, String name, long usual) {
        String text = properties.getProperty(name);
        try {
            return text == null ? usual : Long.parseLong(text.strip());
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException(name + ": \"" + text + "\" (expected: a whole number)", e);
        }
    }

    private static Duration duration(String name, String text) {
        try {
            return Duration.parse(text.strip());
        } catch (DateTimeParseException e) {
            throw new IllegalArgumentException(
                    name + ": \"" + text + "\" (expected: an ISO 8601 duration such as PT30S)", e);
        }
    }
}
