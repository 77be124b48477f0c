package io.trailwarden.app.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.trailwarden.app.config.ConfigReader;
import io.trailwarden.app.config.Configuration;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RunningTest {

    @TempDir
    Path directory;

    @Test
    void a_note_is_believed_only_while_somebody_holds_the_directory() throws IOException {
        Path data = directory.resolve("d");
        Running running = new Running(42, "127.0.0.1:9092", "http://127.0.0.1:8730/");
        assertThat(Running.find(data)).as("nothing there").isEmpty();

        try (DataDirectory held = DataDirectory.lock(data)) {
            assertThat(Running.find(data)).as("held, and nothing said yet").isEmpty();
            running.write(held.root());
            assertThat(Running.find(data)).contains(running);
            assertThat(Running.connection(config("")))
                    .isEqualTo(Map.of("bootstrap.servers", "127.0.0.1:9092", "client.dns.lookup", "use_all_dns_ips"));
        }

        assertThat(Running.find(data)).as("whoever wrote it is gone").isEmpty();
        assertThat(Files.list(data).map(path -> path.getFileName().toString()))
                .as("no half-written note")
                .doesNotContain("running.json.new");
    }

    @Test
    void a_real_kafka_is_reached_whoever_runs() throws IOException {
        assertThat(Running.connection(config("kafka: {bootstrap: \"a:1\", properties: {security.protocol: SSL}}\n")))
                .isEqualTo(Map.of("bootstrap.servers", "a:1", "security.protocol", "SSL"));
    }

    @Test
    void where_nothing_runs_the_directory_is_named_and_what_to_do() {
        assertThatThrownBy(() -> Running.connection(config("")))
                .isInstanceOf(PipelineException.class)
                .hasMessage("nothing runs on data directory " + directory.resolve("d")
                        + " (start run or demo there, or name another with --data)");
    }

    private Configuration config(String yaml) throws IOException {
        Path file = directory.resolve("trailwarden.yaml");
        Files.writeString(
                file,
                "data: d\n" + (yaml.isEmpty() ? "kafka: {properties: {client.dns.lookup: use_all_dns_ips}}\n" : yaml));
        return ConfigReader.read(file, directory, Map.of(), Map.of());
    }
}
