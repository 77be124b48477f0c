package io.trailwarden.app.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DataDirectoryTest {

    @TempDir
    Path root;

    @Test
    void only_one_process_has_it() {
        try (DataDirectory first = DataDirectory.lock(root)) {
            assertThat(first.root()).isEqualTo(root);
            assertThatThrownBy(() -> DataDirectory.lock(root))
                    .isInstanceOf(DataDirectory.DataDirectoryException.class)
                    .hasMessageContaining(root.toString())
                    .hasMessageContaining("process " + ProcessHandle.current().pid())
                    .hasMessageContaining("--data");
        }
    }

    @Test
    void a_new_one_is_its_owners_alone() throws IOException {
        Path made = root.resolve("deep").resolve("data");
        DataDirectory.lock(made).close();
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(made)))
                .isEqualTo("rwx------");
    }

    @Test
    void it_can_be_had_again_after_it_was_given_back() throws IOException {
        DataDirectory.lock(root).close();
        assertThat(DataDirectory.holder(root)).isNull();
        DataDirectory.lock(root).close();
    }

    @Test
    void a_lock_file_that_a_killed_process_left_is_no_problem() throws IOException {
        Files.writeString(root.resolve("lock"), "999999999999");
        assertThat(DataDirectory.holder(root)).isNull();
        DataDirectory.lock(root).close();
    }

    @Test
    void who_only_looks_learns_who_has_it() throws IOException {
        assertThat(DataDirectory.holder(root)).isNull();
        try (DataDirectory held = DataDirectory.lock(root)) {
            assertThat(DataDirectory.holder(held.root()))
                    .isEqualTo(Long.toString(ProcessHandle.current().pid()));
        }
    }

    @Test
    void where_a_process_runs_is_believed_only_while_it_does() throws IOException {
        new Running(42, "127.0.0.1:9092", "http://127.0.0.1:8730/").write(root);
        assertThat(Running.find(root)).isEmpty();
        try (DataDirectory held = DataDirectory.lock(root)) {
            assertThat(Running.find(held.root())).contains(new Running(42, "127.0.0.1:9092", "http://127.0.0.1:8730/"));
        }
    }
}
