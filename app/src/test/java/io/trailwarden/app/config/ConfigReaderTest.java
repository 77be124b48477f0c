package io.trailwarden.app.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.trailwarden.console.ConsoleSettings;
import io.trailwarden.event.Severity;
import io.trailwarden.ingest.aws.AwsAccess;
import io.trailwarden.ingest.inventory.InventoryConfig;
import io.trailwarden.ingest.inventory.OrganizationSource;
import io.trailwarden.ingest.inventory.StateMachineSource;
import io.trailwarden.jobs.operator.JobSettings;
import io.trailwarden.settings.BadConfigException;
import io.trailwarden.settings.ConfigProblem;
import io.trailwarden.settings.SettingsReader;
import io.trailwarden.sinks.aws.AwsTarget;
import io.trailwarden.sinks.notice.NoticePolicy;
import io.trailwarden.sinks.webhook.Template;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ConfigReaderTest {

    @TempDir
    Path directory;

    @Test
    void a_password_among_properties_comes_from_an_environment_variable() throws IOException {
        Path file = Files.writeString(
                directory.resolve("trailwarden.yaml"),
                """
                storage:
                  catalog:
                    jdbc.user: trailwarden
                    jdbc.password: env:CATALOG_PASSWORD
                """);

        assertThat(ConfigReader.read(file, directory, Map.of("CATALOG_PASSWORD", "s3cret"), Map.of())
                        .tables()
                        .archive()
                        .catalogProperties())
                .containsExactlyInAnyOrderEntriesOf(Map.of("jdbc.user", "trailwarden", "jdbc.password", "s3cret"));

        BadConfigException refused = catchThrowableOfType(
                BadConfigException.class, () -> ConfigReader.read(file, directory, Map.of(), Map.of()));
        assertThat(refused.problems())
                .singleElement()
                .extracting(ConfigProblem::message)
                .isEqualTo("storage.catalog.jdbc.password: \"env:CATALOG_PASSWORD\" (expected: an environment variable"
                        + " that is set)");
    }

    /** A renamed setting or another default breaks people's files; whoever means it changes this too. */
    @Test
    void every_setting_and_its_default_is_as_published() {
        String all = read("").explained().stream()
                .map(one -> one.key() + " = " + one.value())
                .collect(Collectors.joining("\n"));
        assertThat(all)
                .isEqualTo(
                        """
                        data = .trailwarden
                        inputs =\s
                        follow = false
                        reference =\s
                        rules =\s
                        rules-maturity = stable
                        kafka.bootstrap =\s
                        kafka.port = 0
                        kafka.partitions = 2
                        kafka.replication = 1
                        kafka.properties =\s
                        processing.parallelism = 2
                        processing.checkpoint-interval = 10s
                        processing.state-backend = heap
                        processing.disorder = 10m
                        processing.max-keys = 150000
                        storage.catalog =\s
                        sinks = storage
                        notices.severity = informational
                        notices.per-minute = 60
                        notices.console-url =\s
                        sns.topic =\s
                        sns.region =\s
                        sns.profile =\s
                        sns.role =\s
                        sns.external-id =\s
                        sns.endpoint =\s
                        webhook.url =\s
                        webhook.template = json
                        webhook.secret =\s
                        webhook.routing-key =\s
                        security-hub.account =\s
                        security-hub.region =\s
                        security-hub.profile =\s
                        security-hub.role =\s
                        security-hub.external-id =\s
                        security-hub.endpoint =\s
                        metrics.listen =\s
                        console.enabled = true
                        console.host = 127.0.0.1
                        console.port = 8730
                        console.token =\s
                        console.host-names =\s
                        aws =\s
                        aws[].kind = (required)
                        aws[].name = (required)
                        aws[].regions = (required)
                        aws[].profile =\s
                        aws[].role =\s
                        aws[].external-id =\s
                        aws[].endpoint =\s
                        aws[].groups =\s
                        aws[].prefixes =\s
                        aws[].backfill = 1d
                        aws[].overlap =\s
                        aws[].interval =\s
                        aws[].live = false
                        aws[].queue =\s
                        aws[].buckets = (required)
                        aws[].owner =\s
                        aws[].backfill-prefixes =\s
                        aws[].backfill-from =\s
                        aws[].backfill-to =\s
                        aws[].custody = false
                        aws[].custody-prefixes = AWSLogs/
                        aws[].custody-lateness = 30m
                        aws[].custody-silence = 4h""");
    }

    @Test
    void the_file_says_everything() {
        Configuration config = read(
                """
                data: /var/lib/trailwarden
                inputs: [logs, "with, comma"]
                follow: true
                reference: more.yaml
                kafka:
                  bootstrap: a:9092,b:9092
                  partitions: 8
                  replication: 3
                  properties:
                    security.protocol: SSL
                processing:
                  parallelism: 4
                  checkpoint-interval: 500ms
                  state-backend: rocksdb
                  disorder: 1h
                  max-keys: 5000
                storage:
                  catalog:
                    catalog-impl: org.apache.iceberg.rest.RESTCatalog
                    uri: https://catalog.example.com
                sinks: [storage, stdout]
                console:
                  enabled: false
                  host: 0.0.0.0
                  port: 80
                  token: 0123456789abcdef
                  host-names: [audit.example.com]
                """);
        assertThat(config.data()).isEqualTo(Path.of("/var/lib/trailwarden"));
        assertThat(config.inputs().files())
                .containsExactly(directory.resolve("logs"), directory.resolve("with, comma"));
        assertThat(config.inputs().follow()).isTrue();
        assertThat(config.reference().files()).containsExactly(file(), directory.resolve("more.yaml"));
        assertThat(config.kafka())
                .isEqualTo(new Configuration.Kafka("a:9092,b:9092", 0, 8, 3, Map.of("security.protocol", "SSL")));
        assertThat(config.kafka().embedded()).isFalse();
        assertThat(config.processing())
                .isEqualTo(new JobSettings.Processing(
                        4, Duration.ofMillis(500), JobSettings.StateBackend.ROCKSDB, Duration.ofHours(1), 5000));
        assertThat(config.tables().local()).isFalse();
        assertThat(config.tables().archive().catalogProperties()).containsOnlyKeys("catalog-impl", "uri");
        assertThat(config.sinks().names()).containsExactly("storage", "stdout");
        assertThat(config.console())
                .isEqualTo(new ConsoleSettings(false, "0.0.0.0", 80, "0123456789abcdef", Set.of("audit.example.com")));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "dta: x                        | 1:1  | \"dta\" is not a setting (did you mean \"data\"?)",
                "kafka: {bootstarp: x}         | 1:9  | \"kafka.bootstarp\" is not a setting (did you mean"
                        + " \"kafka.bootstrap\"?)",
                "kafka: {partitions: many}     | 1:21 | kafka.partitions: \"many\" (expected: a whole number from 1 to"
                        + " 128)",
                "kafka: {partitions: 0}        | 1:21 | kafka.partitions: \"0\" (expected: a whole number from 1 to"
                        + " 128)",
                "follow: yes                   | 1:9  | follow: \"yes\" (expected: true or false)",
                "processing: {state-backend: x} | 1:29 | processing.state-backend: \"x\" (expected: one of heap,"
                        + " rocksdb)",
                "processing: {disorder: 10}    | 1:24 | processing.disorder: \"10\" (expected: a duration from 0d to"
                        + " 7d, such as 500ms, 5s, 10m, 2h or 1d)",
                "sinks: [storage, snss]        | 1:18 | sinks: \"snss\" (expected: a list of: storage, stdout, sns,"
                        + " webhook, security-hub)",
                "notices: {console-url: x}     | 1:24 | notices.console-url: \"x\" (expected: https://host/ or"
                        + " http://host/)",
                "sinks: {a: b}                 | 1:8  | sinks: a mapping (expected: a list of: storage, stdout,"
                        + " sns, webhook, security-hub)",
                "console: 80                   | 1:10 | \"80\" (expected: a mapping of settings of console)",
                "data: [a]                     | 1:7  | data: a sequence (expected: a path)",
                "kafka: {properties: {a: [b]}} | 1:25 | kafka.properties: a sequence (expected: a mapping of names to"
                        + " texts)",
                "console: {token: [x]}         | 1:18 | console.token: a sequence (expected: a text that is hard to"
                        + " guess)",
            })
    void what_is_wrong_is_told_with_its_place(String yaml, String place, String message) {
        assertThat(problems(yaml)).containsExactly(file() + ":" + place + ": " + message);
    }

    @Test
    void all_problems_are_told_at_once_in_the_order_of_the_file() {
        assertThat(problems("folow: true\nkafka:\n  port: 99999\nsinks: [x]\n"))
                .extracting(problem -> problem.substring(file().toString().length() + 1, problem.indexOf(": ")))
                .containsExactly("1:1", "3:9", "4:9");
    }

    @Test
    void what_is_no_yaml_is_told_with_its_place() {
        assertThat(problems("kafka: {port: 1\ndata: x")).singleElement().satisfies(problem -> assertThat(problem)
                .startsWith(file() + ":2:5: not YAML: "));
    }

    @Test
    void a_name_that_is_there_twice_is_an_error() {
        assertThat(problems("follow: true\ndata: x\nfollow: false\n"))
                .singleElement()
                .satisfies(
                        problem -> assertThat(problem).startsWith(file() + ":3").containsIgnoringCase("follow"));
    }

    @Test
    void variables_win_over_the_file_and_flags_over_variables() throws IOException {
        Files.writeString(file(), "data: from-file\nkafka: {port: 1, partitions: 3}\nfollow: true\n");
        Configuration config = ConfigReader.read(
                file(),
                directory,
                Map.of("TRAILWARDEN_KAFKA_PORT", "2", "TRAILWARDEN_DATA", "from-variable", "PATH", "/bin"),
                Map.of("data", new SettingsReader.Flag("--data", "from-flag")));
        assertThat(config.data()).isEqualTo(directory.resolve("from-flag").toAbsolutePath());
        assertThat(config.kafka().port()).isEqualTo(2);
        assertThat(config.kafka().partitions()).isEqualTo(3);
        assertThat(origin(config, "data")).isEqualTo("flag --data");
        assertThat(origin(config, "kafka.port")).isEqualTo("environment variable TRAILWARDEN_KAFKA_PORT");
        assertThat(origin(config, "kafka.partitions")).isEqualTo(file() + ":2:30");
        assertThat(origin(config, "sinks")).isEqualTo("default");
    }

    @Test
    void a_misspelt_variable_is_an_error_and_the_launchers_are_not() {
        BadConfigException e = catchThrowableOfType(
                BadConfigException.class,
                () -> ConfigReader.read(
                        null,
                        directory,
                        Map.of("TRAILWARDEN_CONSOLE_PROT", "1", "TRAILWARDEN_JAVA_OPTS", "-Xmx2g"),
                        Map.of()));
        assertThat(e.problems())
                .extracting(ConfigProblem::toString)
                .containsExactly("environment variable TRAILWARDEN_CONSOLE_PROT: is not a setting (did you mean"
                        + " TRAILWARDEN_CONSOLE_PORT?)");
    }

    @Test
    void secrets_are_explained_without_being_told() {
        Configuration config =
                read("console: {token: swordfish-swordfish}\nkafka: {properties: {sasl.jaas.config: x}}\n");
        assertThat(config.explained())
                .filteredOn(one -> one.key().equals("console.token"))
                .singleElement()
                .satisfies(one -> assertThat(one.value()).isEqualTo("(set)"));
        assertThat(config.explained().toString()).doesNotContain("swordfish");
        assertThat(config.explained())
                .filteredOn(one -> one.key().equals("kafka.properties"))
                .singleElement()
                .satisfies(one -> assertThat(one.value()).isEqualTo("sasl.jaas.config"));
        assertThat(config.console().toString()).doesNotContain("swordfish");
    }

    @Test
    void a_web_hook_and_a_topic_are_typed_and_their_secrets_not_told() {
        Configuration config = read(
                """
                sinks: [sns, webhook]
                notices: {severity: high, per-minute: 5, console-url: https://audit.example.com}
                sns: {topic: "arn:aws:sns:eu-central-1:111122223333:findings", role: r, external-id: x}
                webhook: {url: https://hooks.example.com/swordfish, template: slack, secret: swordfish}
                """);
        assertThat(config.sinks().notices()).isEqualTo(new NoticePolicy(Severity.HIGH, 5, Duration.ofMinutes(1)));
        assertThat(config.sinks().consoleUrl()).isEqualTo("https://audit.example.com");
        assertThat(config.sinks().sns().target())
                .as("the topic's own Region")
                .isEqualTo(new AwsTarget("eu-central-1", "", "r", "x", ""));
        assertThat(config.sinks().webhook().template()).isEqualTo(Template.SLACK);
        assertThat(config.sinks().securityHub()).as("not named").isNull();
        assertThat(config.explained().toString() + config.sinks().webhook()).doesNotContain("swordfish");
    }

    @Test
    void inventories_of_AWS_are_inputs_of_their_own() {
        Configuration config = read(
                """
                aws:
                  - {kind: organization, name: acme, regions: us-east-1, interval: 1h, role: r, external-id: x}
                  - {kind: state-machines, name: flows, regions: [eu-west-1, us-east-1]}
                """);
        assertThat(config.inputs().aws())
                .containsExactly(
                        new OrganizationSource(
                                new AwsAccess("us-east-1", null, "r", "x", null),
                                new InventoryConfig("organization:acme", Duration.ofHours(1))),
                        new StateMachineSource(
                                new AwsAccess("eu-west-1", null, null, null, null),
                                InventoryConfig.of("state-machines:flows/eu-west-1")),
                        new StateMachineSource(
                                new AwsAccess("us-east-1", null, null, null, null),
                                InventoryConfig.of("state-machines:flows/us-east-1")));
        assertThat(problems("aws: [{kind: organization, name: acme, regions: [us-east-1, eu-west-1]}]"))
                .singleElement()
                .asString()
                .contains("(expected: one Region of an input of kind organization)");
    }

    @Test
    void reference_data_may_stand_beside_settings() {
        Configuration config = read("accounts:\n  \"111122223333\": {name: a}\ndata: x\n");
        assertThat(config.data().getFileName()).hasToString("x");
        assertThat(config.reference().files()).containsExactly(file());
    }

    @Test
    void a_key_with_nothing_behind_it_means_the_default() {
        assertThat(read("kafka:\n  port:\n").kafka().port()).isZero();
    }

    private Path file() {
        return directory.resolve("trailwarden.yaml");
    }

    private static String origin(Configuration config, String key) {
        return config.explained().stream()
                .filter(one -> one.key().equals(key))
                .findFirst()
                .orElseThrow()
                .origin();
    }

    private Configuration read(String yaml) {
        try {
            Files.writeString(file(), yaml);
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
        return ConfigReader.read(file(), directory, Map.of(), Map.of());
    }

    private List<String> problems(String yaml) {
        BadConfigException e = catchThrowableOfType(BadConfigException.class, () -> read(yaml));
        assertThat(e).as("refused").isNotNull();
        return e.problems().stream().map(ConfigProblem::toString).toList();
    }
}
