package io.trailwarden.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.trailwarden.app.config.ConfigReader;
import io.trailwarden.app.config.Configuration;
import io.trailwarden.ingest.s3.BucketSource;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

/**
 * What can be said of {@code docker-compose.yml} without an engine; CI has its form checked by docker-compose itself, and
 * {@link StagesApartTest} runs its configuration and its processes.
 */
class ComposeTest {

    private static final Path REPOSITORY =
            Path.of("").toAbsolutePath().getParent().getParent();
    private static final String OURS = "trailwarden:local";
    private static final List<String> END_BY_THEMSELVES = List.of("prepare", "process");

    @TempDir
    Path directory;

    private Map<String, Map<String, Object>> services;

    @BeforeEach
    @SuppressWarnings("unchecked")
    void read() throws IOException {
        Map<String, Object> file = (Map<String, Object>)
                new Load(LoadSettings.builder().setAllowNonScalarKeys(false).build())
                        .loadFromString(Files.readString(REPOSITORY.resolve("docker-compose.yml")));
        services = new TreeMap<>();
        ((Map<String, Map<String, Object>>) file.get("services"))
                .forEach((name, service) -> services.put(name, merged(service)));
    }

    /** {@code <<}, which YAML 1.2 does not know and docker-compose does. */
    @SuppressWarnings("unchecked")
    private static Map<String, Object> merged(Map<String, Object> map) {
        Map<String, Object> all = new LinkedHashMap<>();
        if (map.get("<<") instanceof Map<?, ?> base) {
            all.putAll(merged((Map<String, Object>) base));
        }
        map.forEach((key, value) -> {
            if (!key.equals("<<")) {
                all.put(key, value instanceof Map<?, ?> inner ? merged((Map<String, Object>) inner) : value);
            }
        });
        return all;
    }

    @Test
    void only_the_console_and_flink_have_ports_and_only_on_loopback() {
        Map<String, Object> ports = new TreeMap<>();
        services.forEach((name, service) -> {
            if (service.containsKey("ports")) {
                ports.put(name, service.get("ports"));
            }
        });
        assertThat(ports)
                .isEqualTo(Map.of(
                        "console", List.of("127.0.0.1:8730:8730"), "jobmanager", List.of("127.0.0.1:8081:8081")));
    }

    @Test
    void images_are_pinned_and_whoever_stays_has_a_health_check() {
        services.forEach((name, service) -> {
            String image = (String) service.get("image");
            if (!image.equals(OURS)) {
                assertThat(image).as(name).matches("[a-z0-9/-]+:[A-Za-z0-9.-]*[0-9][A-Za-z0-9.-]*");
                if (!image.startsWith("amazon/aws-cli:")) {
                    assertThat(service).as(name).containsKey("healthcheck");
                }
            }
            assertThat(service.get("restart"))
                    .as(name)
                    .isEqualTo(END_BY_THEMSELVES.contains(name) ? "on-failure" : "unless-stopped");
        });
    }

    @Test
    void files_that_are_mounted_are_in_the_repository() {
        services.forEach((name, service) -> {
            if (service.get("volumes") instanceof List<?> volumes) {
                for (Object volume : volumes) {
                    String source = volume.toString().split(":")[0];
                    if (source.startsWith("./") && !source.equals("./logs")) {
                        assertThat(REPOSITORY.resolve(source).normalize())
                                .as(name)
                                .isRegularFile();
                    }
                }
            }
        });
    }

    @Test
    void the_configuration_that_is_mounted_is_right_and_names_only_services() {
        Configuration config = ConfigReader.read(
                REPOSITORY.resolve("deploy/compose/trailwarden.yaml"),
                directory,
                Map.of("CATALOG_PASSWORD", "secret"),
                Map.of());
        BucketSource input = (BucketSource) config.inputs().aws().get(0);
        Map<String, String> catalog = config.tables().archive().catalogProperties();

        assertThat(services.keySet())
                .contains(
                        config.kafka().bootstrap().split(":")[0],
                        String.valueOf(input.access().endpoint()).split("[:/]+")[1],
                        URI.create(String.valueOf(input.config().queue())).getHost(),
                        URI.create(catalog.get("s3.endpoint")).getHost(),
                        URI.create(catalog.get("uri").substring("jdbc:".length()))
                                .getHost(),
                        URI.create(config.sinks().sns().target().endpoint()).getHost());
        assertThat(catalog).containsEntry("jdbc.password", "secret");
    }

    @Test
    void commands_exist_with_every_option() throws Exception {
        List<String> shown = new ArrayList<>();
        for (Map<String, Object> service : services.values()) {
            if (!service.get("image").equals(OURS)) {
                continue;
            }
            List<String> command = ((List<?>) service.get("command"))
                    .stream().map(Object::toString).toList();
            shown.add(command.get(0));
            String help = Command.run(directory, Duration.ofMinutes(2), command.get(0), "--help")
                    .mustBeFine();
            assertThat(Stream.of(command.toArray(String[]::new)).filter(word -> word.startsWith("--")))
                    .allMatch(help::contains);
        }
        assertThat(shown).containsExactlyInAnyOrder("ingest", "process", "maintain", "sink", "console");
    }
}
