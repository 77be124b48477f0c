package io.trailwarden.app.config;

import io.trailwarden.console.ConsoleSettings;
import io.trailwarden.ingest.aws.AwsSource;
import io.trailwarden.jobs.operator.JobSettings;
import io.trailwarden.settings.Explained;
import io.trailwarden.storage.catalog.ArchiveConfig;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Everything configured, checked and typed. Made by {@link ConfigReader}; each component declares its own settings, with
 * their defaults.
 *
 * @param file the file that was read, if any
 * @param data directory for tables, checkpoints, positions and the embedded broker
 * @param tables where the tables are
 * @param metricsListen {@code host:port} of this process's metrics; empty: none are served
 * @param explained every setting with where its value came from, in the order in which people read them
 */
public record Configuration(
        @Nullable Path file,
        Path data,
        Inputs inputs,
        Reference reference,
        Kafka kafka,
        JobSettings.Processing processing,
        Tables tables,
        SinkSettings sinks,
        String metricsListen,
        ConsoleSettings console,
        List<Explained> explained) {

    /**
     * What is read.
     *
     * @param files files and folders
     * @param follow whether to wait for more
     * @param aws what is read in AWS
     */
    public record Inputs(List<Path> files, boolean follow, List<AwsSource> aws) {

        /** Whether anything at all is to be read. */
        public boolean any() {
            return !files.isEmpty() || !aws.isEmpty();
        }

        /** For people. */
        public String shown() {
            List<String> all = new ArrayList<>();
            files.forEach(input -> all.add(input.toString()));
            aws.forEach(input -> all.add(input.source()));
            return String.join(", ", all);
        }
    }

    /**
     * What people know beside the records.
     *
     * @param files files with reference data, the configuration's own first
     * @param rules folders with detection rules
     * @param maturity the least mature rules that run
     */
    public record Reference(List<Path> files, List<Path> rules, Maturity maturity) {}

    /** How far a rule has matured, by its Sigma {@code status}; each includes those before it. */
    public enum Maturity {
        STABLE,
        TEST,
        EXPERIMENTAL
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

    /**
     * The tables.
     *
     * @param local whether they lie in the data directory
     * @param archive where they are
     */
    public record Tables(boolean local, ArchiveConfig archive) {}
}
