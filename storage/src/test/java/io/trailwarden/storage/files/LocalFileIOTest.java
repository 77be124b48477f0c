package io.trailwarden.storage.files;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import java.util.Random;
import org.apache.iceberg.exceptions.AlreadyExistsException;
import org.apache.iceberg.exceptions.NotFoundException;
import org.apache.iceberg.io.FileInfo;
import org.apache.iceberg.io.PositionOutputStream;
import org.apache.iceberg.io.SeekableInputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LocalFileIOTest {

    @TempDir
    Path folder;

    private final LocalFileIO io = new LocalFileIO();

    @Test
    void locations_with_and_without_scheme_name_one_file() {
        assertThat(LocalFileIO.path("/a/b c")).isEqualTo(Path.of("/a/b c"));
        assertThat(LocalFileIO.path("file:/a/b c")).isEqualTo(Path.of("/a/b c"));
        assertThat(LocalFileIO.path("file:///a/b c")).isEqualTo(Path.of("/a/b c"));
    }

    @Test
    void what_is_written_in_pieces_of_any_size_is_read_from_any_position() throws Exception {
        Random random = new Random(3);
        byte[] bytes = new byte[300_000];
        random.nextBytes(bytes);
        String location = "file://" + folder.resolve("new/folder/x.bin");
        try (PositionOutputStream out = io.newOutputFile(location).create()) {
            int at = 0;
            while (at < bytes.length) {
                int length = Math.min(bytes.length - at, random.nextInt(4) == 0 ? 100_000 : random.nextInt(500));
                if (length == 1) {
                    out.write(bytes[at]);
                } else {
                    out.write(bytes, at, length);
                }
                at += length;
                assertThat(out.getPos()).isEqualTo(at);
            }
        }
        try (SeekableInputStream in = io.newInputFile(location).newStream()) {
            for (int i = 0; i < 200; i++) {
                int from = random.nextInt(bytes.length);
                in.seek(from);
                byte[] read = in.readNBytes(random.nextInt(100_000));
                assertThat(read).isEqualTo(Arrays.copyOfRange(bytes, from, from + read.length));
                assertThat(in.getPos()).isEqualTo(from + read.length);
                assertThat(in.read())
                        .isEqualTo(from + read.length == bytes.length ? -1 : bytes[from + read.length] & 0xff);
            }
        }
        assertThat(io.newInputFile(location).getLength()).isEqualTo(bytes.length);
    }

    @Test
    void a_closed_file_cannot_be_written_again() throws Exception {
        String location = folder.resolve("x").toString();
        io.newOutputFile(location).create().close();
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(folder.resolve("x"))))
                .isEqualTo("r--r--r--");
        assertThatThrownBy(() -> io.newOutputFile(location).create()).isInstanceOf(AlreadyExistsException.class);

        try (PositionOutputStream out = io.newOutputFile(location).createOrOverwrite()) {
            out.write("new".getBytes(StandardCharsets.UTF_8));
            assertThat(Files.size(folder.resolve("x"))).isZero();
        }
        assertThat(folder.resolve("x")).hasContent("new");
    }

    @Test
    void files_that_are_gone_are_told_apart_from_files_that_cannot_be_read() {
        assertThat(io.newInputFile(folder.resolve("none").toString()).exists()).isFalse();
        assertThatThrownBy(
                        () -> io.newInputFile(folder.resolve("none").toString()).newStream())
                .isInstanceOf(NotFoundException.class);
        assertThatThrownBy(
                        () -> io.newInputFile(folder.resolve("none").toString()).getLength())
                .isInstanceOf(NotFoundException.class);
        io.deleteFile(folder.resolve("none").toString());
    }

    @Test
    void everything_below_a_folder_is_listed_in_the_form_that_was_asked_for() throws Exception {
        Files.createDirectories(folder.resolve("a/b"));
        Files.writeString(folder.resolve("a/b/c"), "123");
        assertThat(io.listPrefix("file://" + folder))
                .extracting(FileInfo::location)
                .containsExactly("file://" + folder.resolve("a/b/c"));
        assertThat(io.listPrefix(folder.toString())).extracting(FileInfo::size).containsExactly(3L);
        assertThat(io.listPrefix(folder.resolve("none").toString())).isEmpty();
        io.deletePrefix(folder.toString());
        assertThat(folder.resolve("a/b/c")).doesNotExist();
    }
}
