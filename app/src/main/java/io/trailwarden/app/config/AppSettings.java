package io.trailwarden.app.config;

import io.trailwarden.console.ConsoleSettings;
import io.trailwarden.jobs.KafkaAccess;
import io.trailwarden.jobs.operator.JobSettings;
import io.trailwarden.settings.Kinds;
import io.trailwarden.settings.Setting;
import io.trailwarden.storage.catalog.ArchiveConfig;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** The settings of the process as a whole, and the order of all: each component declares its own. */
final class AppSettings {

    static final Setting<Path> DATA = new Setting<>(
            "data",
            Kinds.path(),
            ".trailwarden",
            "directory for tables, checkpoints, positions and the embedded broker");
    static final Setting<List<Path>> INPUTS =
            new Setting<>("inputs", Kinds.paths(), "", "files and folders to read audit records from");
    static final Setting<Boolean> FOLLOW =
            new Setting<>("follow", Kinds.bool(), "false", "whether to wait for new files in the inputs");
    static final Setting<List<Path>> REFERENCE = new Setting<>(
            "reference",
            Kinds.paths(),
            "",
            "further files with accounts, expectations, state-machines, detections and suppressions");
    static final Setting<List<Path>> RULES =
            new Setting<>("rules", Kinds.paths(), shippedRules(), "folders with detection rules");
    static final Setting<Configuration.Maturity> MATURITY = new Setting<>(
            "rules-maturity",
            Kinds.oneOf(Configuration.Maturity.class),
            "stable",
            "the least mature rules that run, by their status; a rule without one runs");

    static final Setting<Integer> KAFKA_PORT =
            new Setting<>("kafka.port", Kinds.integer(0, 65_535), "0", "the embedded broker's port; 0: any free one");
    static final Setting<Integer> KAFKA_PARTITIONS = new Setting<>(
            "kafka.partitions",
            Kinds.integer(1, 128),
            "2",
            "partitions of new audit topics; keep it once there is data");
    static final Setting<Integer> KAFKA_REPLICATION =
            new Setting<>("kafka.replication", Kinds.integer(1, 9), "1", "replicas of new topics in a real Kafka");

    static final Setting<String> METRICS_LISTEN = new Setting<>(
            "metrics.listen",
            Kinds.addresses(false),
            "",
            "where Prometheus finds the metrics of this process, such as 127.0.0.1:9464; empty: nowhere");

    /** In the order in which people read them. */
    static final List<Setting<?>> ALL = Stream.<List<? extends Setting<?>>>of(
                    List.of(DATA, INPUTS, FOLLOW, REFERENCE, RULES, MATURITY),
                    List.of(
                            KafkaAccess.BOOTSTRAP,
                            KAFKA_PORT,
                            KAFKA_PARTITIONS,
                            KAFKA_REPLICATION,
                            KafkaAccess.PROPERTIES),
                    JobSettings.Processing.SETTINGS,
                    List.of(ArchiveConfig.CATALOG),
                    SinkSettings.settings(),
                    List.of(METRICS_LISTEN),
                    ConsoleSettings.SETTINGS)
            .<Setting<?>>flatMap(List::stream)
            .toList();

    private AppSettings() {}

    /** The rules that came with this program; the launcher says where it lies. */
    private static String shippedRules() {
        String home = System.getProperty("trailwarden.home", "");
        return home.isEmpty() ? "" : Path.of(home, "rules").toString();
    }
}
