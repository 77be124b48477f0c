package io.trailwarden.storage.sql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ScratchTest {

    /** More than any kernel gives out (2^22). */
    private static final String NOBODY = "999999999";

    @TempDir
    Path directory;

    @Test
    void a_folder_is_made_for_this_process_and_named_after_it() throws IOException {
        Path parent = directory.resolve("made/when/missing");

        Path ours = Scratch.open(parent);

        assertThat(ours).isEmptyDirectory().hasParent(parent);
        assertThat(ours.getFileName().toString())
                .startsWith(ProcessHandle.current().pid() + "-");
        assertThat(Scratch.open(parent)).isNotEqualTo(ours);
        assertThat(ours).as("the other one of this process stays").exists();
    }

    @Test
    void folders_of_processes_that_are_gone_are_removed_with_all_that_is_in_them() throws IOException {
        Path left = Files.createDirectories(directory.resolve(NOBODY + "-123/tables/cloudtrail"));
        Files.writeString(left.resolve("a.parquet"), "x");

        Scratch.open(directory);

        assertThat(directory.resolve(NOBODY + "-123")).doesNotExist();
    }

    @Test
    void what_is_named_otherwise_stays() throws IOException {
        for (String name : new String[] {
            "-1", "notes", "12a-3", "lost+found", ProcessHandle.current().pid() + "-x"
        }) {
            Files.createDirectory(directory.resolve(name));
        }

        Scratch.open(directory);

        assertThat(directory.resolve("-1")).exists();
        assertThat(directory.resolve("notes")).exists();
        assertThat(directory.resolve("12a-3")).exists();
        assertThat(directory.resolve("lost+found")).exists();
        assertThat(directory.resolve(ProcessHandle.current().pid() + "-x")).exists();
    }

    @Test
    void a_link_is_removed_and_not_followed() throws IOException {
        Path precious = Files.createDirectory(directory.resolve("precious"));
        Files.writeString(precious.resolve("table"), "x");
        Path scratch = Files.createDirectory(directory.resolve("scratch"));
        Files.createSymbolicLink(scratch.resolve("lent"), precious);

        Scratch.deleteContents(scratch);

        assertThat(scratch).isEmptyDirectory();
        assertThat(precious.resolve("table")).exists();
    }

    @Test
    void what_is_gone_already_can_be_deleted_but_not_emptied() {
        Path gone = directory.resolve("gone");

        assertThatCode(() -> Scratch.delete(gone)).doesNotThrowAnyException();
        assertThatThrownBy(() -> Scratch.deleteContents(gone))
                .isInstanceOf(UncheckedIOException.class)
                .hasMessage("Cannot empty " + gone);
    }
}
