package io.trailwarden.app.config;

import io.trailwarden.app.config.Configuration.Backend;
import io.trailwarden.app.config.Configuration.Maturity;
import io.trailwarden.console.ConsoleConfig;
import io.trailwarden.event.Severity;
import io.trailwarden.sinks.webhook.Template;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/** Every setting with its default: the one place where they stand. */
final class KnownSettings {

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
    static final Setting<Maturity> MATURITY = new Setting<>(
            "rules-maturity",
            Kinds.oneOf(Maturity.class),
            "stable",
            "the least mature rules that run, by their status; a rule without one runs");

    static final Setting<String> KAFKA_BOOTSTRAP = new Setting<>(
            "kafka.bootstrap",
            Kinds.text("host:port, comma-separated"),
            "",
            "a real Kafka; empty: the embedded broker");
    static final Setting<Long> KAFKA_PORT =
            new Setting<>("kafka.port", Kinds.number(0, 65535), "0", "the embedded broker's port; 0: any free one");
    static final Setting<Long> KAFKA_PARTITIONS = new Setting<>(
            "kafka.partitions",
            Kinds.number(1, 128),
            "2",
            "partitions of new audit topics; keep it once there is data");
    static final Setting<Long> KAFKA_REPLICATION =
            new Setting<>("kafka.replication", Kinds.number(1, 9), "1", "replicas of new topics in a real Kafka");
    static final Setting<Map<String, String>> KAFKA_PROPERTIES = new Setting<>(
            "kafka.properties", Kinds.map(), "", "further client properties, such as those of TLS and SASL");

    static final Setting<Long> PARALLELISM =
            new Setting<>("processing.parallelism", Kinds.number(1, 128), "2", "subtasks that run side by side");
    static final Setting<Duration> CHECKPOINT_INTERVAL = new Setting<>(
            "processing.checkpoint-interval",
            Kinds.duration(Duration.ofMillis(200), Duration.ofHours(1)),
            "10s",
            "also how long a record waits until it can be queried; shorter costs more: all state is written each time");
    static final Setting<Backend> STATE_BACKEND = new Setting<>(
            "processing.state-backend", Kinds.oneOf(Backend.class), "heap", "where detectors keep what they remember");
    static final Setting<Duration> DISORDER = new Setting<>(
            "processing.disorder",
            Kinds.duration(Duration.ZERO, Duration.ofDays(7)),
            "10m",
            "how far events may come behind newer ones without counting as late");
    static final Setting<Long> MAX_KEYS = new Setting<>(
            "processing.max-keys",
            Kinds.number(1000, 1_000_000_000),
            "150000",
            "the most principals, sessions and so on that one detector remembers, about 2 KB of heap each; reaching it is a"
                    + " finding");

    static final Setting<Map<String, String>> CATALOG = new Setting<>(
            "storage.catalog",
            Kinds.map(),
            "",
            "properties of an Iceberg catalog; empty: tables in the data directory");

    static final Setting<List<String>> SINKS = new Setting<>(
            "sinks",
            Kinds.names("storage", "stdout", "sns", "webhook", "security-hub"),
            "storage",
            "where findings go");
    static final Setting<Severity> NOTICE_SEVERITY = new Setting<>(
            "notices.severity",
            Kinds.oneOf(Severity.class),
            "informational",
            "the least severe findings that go to sns and webhook");
    static final Setting<Long> NOTICE_PER_MINUTE = new Setting<>(
            "notices.per-minute",
            Kinds.number(0, 100_000),
            "60",
            "messages a minute to sns and webhook; what is more comes in one digest; 0: no limit");
    static final Setting<String> NOTICE_CONSOLE = new Setting<>(
            "notices.console-url",
            Kinds.url(),
            "",
            "where people reach the console: messages link to it; empty: no links");
    static final Setting<String> SNS_TOPIC =
            new Setting<>("sns.topic", Kinds.text("ARN of an SNS topic"), "", "where sink sns publishes");
    static final AwsSettings SNS = new AwsSettings("sns");
    static final Setting<String> WEBHOOK_URL = new Setting<>(
            "webhook.url", Kinds.secret(), "", "where sink webhook posts: https, or http on this machine");
    static final Setting<Template> WEBHOOK_TEMPLATE =
            new Setting<>("webhook.template", Kinds.oneOf(Template.class), "json", "what the posts look like");
    static final Setting<String> WEBHOOK_SECRET =
            new Setting<>("webhook.secret", Kinds.secret(), "", "signs each post (HMAC-SHA256); empty: not signed");
    static final Setting<String> WEBHOOK_ROUTING_KEY =
            new Setting<>("webhook.routing-key", Kinds.secret(), "", "PagerDuty's integration key, for its template");
    static final Setting<String> HUB_ACCOUNT = new Setting<>(
            "security-hub.account", Kinds.text("12 digits"), "", "the account that sink security-hub imports into");
    static final AwsSettings HUB = new AwsSettings("security-hub");

    static final Setting<String> METRICS_LISTEN = new Setting<>(
            "metrics.listen",
            Kinds.text("host:port"),
            "",
            "where Prometheus finds the metrics of this process, such as 127.0.0.1:9464; empty: nowhere");

    static final Setting<Boolean> CONSOLE_ENABLED =
            new Setting<>("console.enabled", Kinds.bool(), "true", "whether run serves the console");
    static final Setting<String> CONSOLE_HOST = new Setting<>(
            "console.host",
            Kinds.text("an address of this machine"),
            "127.0.0.1",
            "where the console listens; anything but loopback needs a token");
    static final Setting<Long> CONSOLE_PORT = new Setting<>(
            "console.port",
            Kinds.number(0, 65535),
            Integer.toString(ConsoleConfig.DEFAULT_PORT),
            "the console's port; 0: any free one");
    static final Setting<String> CONSOLE_TOKEN = new Setting<>(
            "console.token",
            Kinds.secret(),
            "",
            "whoever shows it may use the console; empty: whoever is at this machine");
    static final Setting<List<String>> CONSOLE_HOST_NAMES =
            new Setting<>("console.host-names", Kinds.texts(), "", "further names that people reach the console by");

    /** In the order in which people read them. */
    static final List<Setting<?>> ALL = List.of(
            DATA,
            INPUTS,
            FOLLOW,
            REFERENCE,
            RULES,
            MATURITY,
            KAFKA_BOOTSTRAP,
            KAFKA_PORT,
            KAFKA_PARTITIONS,
            KAFKA_REPLICATION,
            KAFKA_PROPERTIES,
            PARALLELISM,
            CHECKPOINT_INTERVAL,
            STATE_BACKEND,
            DISORDER,
            MAX_KEYS,
            CATALOG,
            SINKS,
            NOTICE_SEVERITY,
            NOTICE_PER_MINUTE,
            NOTICE_CONSOLE,
            SNS_TOPIC,
            SNS.region(),
            SNS.profile(),
            SNS.role(),
            SNS.externalId(),
            SNS.endpoint(),
            WEBHOOK_URL,
            WEBHOOK_TEMPLATE,
            WEBHOOK_SECRET,
            WEBHOOK_ROUTING_KEY,
            HUB_ACCOUNT,
            HUB.region(),
            HUB.profile(),
            HUB.role(),
            HUB.externalId(),
            HUB.endpoint(),
            METRICS_LISTEN,
            CONSOLE_ENABLED,
            CONSOLE_HOST,
            CONSOLE_PORT,
            CONSOLE_TOKEN,
            CONSOLE_HOST_NAMES);

    private KnownSettings() {}

    /** As whom and where a sink calls AWS; credentials are not among them. */
    record AwsSettings(
            Setting<String> region,
            Setting<String> profile,
            Setting<String> role,
            Setting<String> externalId,
            Setting<String> endpoint) {

        AwsSettings(String of) {
            this(
                    new Setting<>(of + ".region", Kinds.text("such as eu-central-1"), "", "the Region that is called"),
                    new Setting<>(
                            of + ".profile",
                            Kinds.text("a profile"),
                            "",
                            "of the AWS configuration files; empty: the AWS SDK's default"),
                    new Setting<>(of + ".role", Kinds.text("ARN of a role"), "", "assumed for the calls; empty: none"),
                    new Setting<>(
                            of + ".external-id", Kinds.text("a text"), "", "what the role's trust policy asks for"),
                    new Setting<>(
                            of + ".endpoint", Kinds.url(), "", "another address of the service; empty: AWS's own"));
        }
    }

    /** The rules that came with this program; the launcher says where it lies. */
    private static String shippedRules() {
        String home = System.getProperty("trailwarden.home", "");
        return home.isEmpty() ? "" : Path.of(home, "rules").toString();
    }
}
