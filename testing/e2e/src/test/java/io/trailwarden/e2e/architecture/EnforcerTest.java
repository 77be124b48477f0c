package io.trailwarden.e2e.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The build itself refuses a forbidden dependency: tried on a copy of the poms, with Maven's wrapper. */
class EnforcerTest {

    private static final Path ROOT = Path.of("").toAbsolutePath().getParent().getParent();

    @TempDir
    Path copy;

    @BeforeEach
    void copy_the_poms() throws IOException {
        try (Stream<Path> all = Files.walk(ROOT, 4)) {
            for (Path pom : all.filter(path -> path.endsWith("pom.xml")).toList()) {
                Path target = copy.resolve(ROOT.relativize(pom));
                Files.createDirectories(target.getParent());
                Files.copy(pom, target);
            }
        }
        Files.createDirectories(copy.resolve(".mvn/wrapper"));
        Files.copy(
                ROOT.resolve(".mvn/wrapper/maven-wrapper.properties"),
                copy.resolve(".mvn/wrapper/maven-wrapper.properties"));
        Files.copy(ROOT.resolve("mvnw"), copy.resolve("mvnw"));
    }

    @Test
    void accepts_the_poms_as_they_are() throws Exception {
        assertThat(validate("processing/detection")).contains("BUILD SUCCESS");
    }

    @Test
    void refuses_kafka_in_detection() throws Exception {
        plant("processing/detection", "org.apache.kafka", "kafka-clients");
        assertThat(validate("processing/detection"))
                .contains("BUILD FAILURE", "the layers are in docs/architecture.md", "org.apache.kafka:kafka-clients");
    }

    @Test
    void refuses_detection_in_sinks() throws Exception {
        plant("sinks", "io.trailwarden", "trailwarden-detection");
        assertThat(validate("sinks"))
                .contains(
                        "BUILD FAILURE",
                        "the layers are in docs/architecture.md",
                        "io.trailwarden:trailwarden-detection");
    }

    @Test
    void refuses_flink_in_the_console() throws Exception {
        plant("console", "org.apache.flink", "flink-streaming-java");
        assertThat(validate("console"))
                .contains("BUILD FAILURE", "the layers are in docs/architecture.md", "org.apache.flink:flink-");
    }

    private void plant(String module, String group, String artifact) throws IOException {
        Path pom = copy.resolve(module).resolve("pom.xml");
        String text = Files.readString(pom);
        String planted = text.replaceFirst(
                "<dependencies>",
                "<dependencies><dependency><groupId>" + group + "</groupId><artifactId>" + artifact
                        + "</artifactId></dependency>");
        assertThat(planted).isNotEqualTo(text);
        Files.writeString(pom, planted);
    }

    private String validate(String module) throws IOException, InterruptedException {
        Path log = copy.resolve("log.txt");
        Process maven = new ProcessBuilder(
                        List.of("sh", "./mvnw", "-B", "-o", "-ntp", "validate", "-pl", module, "-am"))
                .directory(copy.toFile())
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        try {
            assertThat(maven.waitFor(3, TimeUnit.MINUTES)).isTrue();
        } finally {
            maven.destroyForcibly();
        }
        return Files.readString(log, StandardCharsets.UTF_8);
    }
}
