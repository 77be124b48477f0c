package io.trailwarden.storage.ids;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.LongBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

class NumbersFileTest {

    private static final Path MAPS = Path.of("/proc/self/maps");

    @TempDir
    Path directory;

    @Test
    void holds_numbers_that_are_zero_at_first_and_leaves_no_file() throws IOException {
        Path scratch = directory.resolve("made/when/missing");
        try (NumbersFile file = NumbersFile.create(scratch, 3 << 20)) {
            LongBuffer numbers = file.numbers();
            assertThat(scratch).isEmptyDirectory();
            assertThat(numbers.capacity()).isEqualTo((3 << 20) / 8);
            for (int i = 0; i < numbers.capacity(); i++) {
                assertThat(numbers.get(i)).isZero();
                numbers.put(i, ~i);
            }
            assertThat(numbers.get(12_345)).isEqualTo(~12_345);
            assertThat(numbers.get(numbers.capacity() - 1)).isEqualTo(-numbers.capacity());
        }
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void gives_its_space_back_when_it_is_closed() throws IOException {
        Path scratch = Files.createDirectory(directory.resolve("scratch"));
        NumbersFile file = NumbersFile.create(scratch, 1 << 20);
        assertThat(mapped(scratch)).isEqualTo(1);
        file.close();
        assertThat(mapped(scratch)).isZero();
    }

    private static long mapped(Path scratch) throws IOException {
        try (Stream<String> lines = Files.lines(MAPS)) {
            return lines.filter(line -> line.contains(scratch.toString())).count();
        }
    }

    @Test
    void a_directory_that_cannot_be_made_is_refused() throws IOException {
        Path file = Files.createFile(directory.resolve("file"));
        assertThatThrownBy(() -> NumbersFile.create(file, 8)).isInstanceOf(IOException.class);
    }
}
