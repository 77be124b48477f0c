package io.trailwarden.app.config;

import io.trailwarden.event.Severity;
import io.trailwarden.sinks.webhook.Template;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Everything configured, checked and typed. Made by {@link ConfigReader}; the defaults are in {@link KnownSettings}.
 *
 * @param file the file that was read, if any
 * @param data directory for tables, checkpoints, positions and the embedded broker
 * @param inputs files and folders to read
 * @param follow whether to wait for new files in the inputs
 * @param aws what is read in AWS
 * @param reference files with reference data, {@code file} first when it has such sections
 * @param rules folders with detection rules
 * @param maturity the least mature rules that run
 * @param sinks names of the sinks that get findings
 * @param metricsListen {@code host:port} of this process's metrics; empty: none are served
 * @param explained every setting with where its value came from, in the order in which people read them
 */
public record Configuration(
        @Nullable Path file,
        Path data,
        List<Path> inputs,
        boolean follow,
        List<AwsInput> aws,
        List<Path> reference,
        List<Path> rules,
        Maturity maturity,
        Kafka kafka,
        Processing processing,
        Storage storage,
        List<String> sinks,
        Notices notices,
        Sns sns,
        Webhook webhook,
        SecurityHub securityHub,
        String metricsListen,
        Console console,
        List<Explained> explained) {

    /** Whether anything at all is to be read. */
    public boolean hasInputs() {
        return !inputs.isEmpty() || !aws.isEmpty();
    }

    /** What is read, for people. */
    public String shownInputs() {
        List<String> all = new ArrayList<>();
        inputs.forEach(input -> all.add(input.toString()));
        aws.forEach(input -> all.add(input.source()));
        return String.join(", ", all);
    }

    /** How far a rule has matured, by its Sigma {@code status}; each includes those before it. */
    public enum Maturity {
        STABLE,
        TEST,
        EXPERIMENTAL
    }

    /** Where detectors keep what they remember. */
    public enum Backend {
        HEAP,
        ROCKSDB
    }

    /**
     * The broker.
     *
     * @param bootstrap a real Kafka; empty: the embedded broker
     * @param port of the embedded broker; 0: any free one
     * @param properties for every client
     */
    public record Kafka(String bootstrap, int port, int partitions, int replication, Map<String, String> properties) {

        /** Whether the broker is in this process. */
        public boolean embedded() {
            return bootstrap.isEmpty();
        }
    }

    /** The detection job. */
    public record Processing(
            int parallelism, Duration checkpointInterval, Backend stateBackend, Duration disorder, long maxKeys) {}

    /**
     * The tables.
     *
     * @param catalog Iceberg's own properties; empty: local tables
     */
    public record Storage(Map<String, String> catalog) {}

    /**
     * What people are told.
     *
     * @param perMinute 0: no limit
     * @param consoleUrl empty: no links
     */
    public record Notices(Severity severity, int perMinute, String consoleUrl) {}

    /** As whom and where a sink calls AWS; what is empty is not set. */
    public record Aws(String region, String profile, String role, String externalId, String endpoint) {}

    /** Sink sns. */
    public record Sns(String topic, Aws aws) {}

    /** Sink security-hub. */
    public record SecurityHub(String account, Aws aws) {}

    /** Sink webhook. */
    public record Webhook(String url, Template template, String secret, String routingKey) {

        /** Without its secrets. */
        @Override
        public String toString() {
            return "Webhook[" + template + "]";
        }
    }

    /**
     * The pages.
     *
     * @param token empty: none is asked for
     */
    public record Console(boolean enabled, String host, int port, String token, List<String> hostNames) {

        /** Without the token. */
        @Override
        public String toString() {
            return "Console[" + enabled + ", " + host + ":" + port + "]";
        }
    }

    /**
     * One setting, its value and where it came from.
     *
     * @param origin {@code default}, {@code file:line:column}, an environment variable or a flag
     */
    public record Explained(String key, String value, String origin, String meaning) {}
}
