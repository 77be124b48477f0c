package io.trailwarden.app.command.run;

import static org.assertj.core.api.Assertions.assertThat;

import io.trailwarden.app.command.CommandRun;
import io.trailwarden.app.pipeline.DataDirectory;
import io.trailwarden.app.terminal.ExitCode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ConsoleCommandTest {

    @TempDir
    Path directory;

    @Test
    void where_a_pipeline_serves_it_already_its_address_is_told() throws IOException {
        try (DataDirectory held = DataDirectory.lock(directory.resolve("d"))) {
            Files.writeString(
                    held.root().resolve("running.json"),
                    "{\"pid\":42,\"kafka\":\"127.0.0.1:1\",\"console\":\"http://127.0.0.1:8730/\"}");

            CommandRun run = CommandRun.Place.at(directory).run("console", "--data", "d");

            assertThat(run.code()).isEqualTo(ExitCode.FINE);
            assertThat(run.out()).isEqualTo("Process 42 serves it: http://127.0.0.1:8730/\n");
        }
    }

    @Test
    void over_a_directory_without_tables_there_is_nothing_to_serve() {
        CommandRun run = CommandRun.Place.at(directory).run("console", "--data", "d", "--port", "0");

        assertThat(run.code()).isEqualTo(ExitCode.FAILED);
        assertThat(run.err()).startsWith("trailwarden: no tables in " + directory.resolve("d"));
        assertThat(directory.resolve("d")).doesNotExist();
    }

    @Test
    void a_port_that_is_none_is_a_bad_configuration_that_names_the_flag() {
        CommandRun run = CommandRun.Place.at(directory).run("console", "--port", "99999");

        assertThat(run.code()).isEqualTo(ExitCode.CONFIG);
        assertThat(run.err())
                .isEqualTo("flag --port: console.port: \"99999\" (expected: a whole number from 0 to 65535)\n");
    }
}
