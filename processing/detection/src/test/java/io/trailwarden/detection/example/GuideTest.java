package io.trailwarden.detection.example;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The page shows what is compiled and run here. */
class GuideTest {

    private static final Pattern CODE = Pattern.compile("```java\n(.*?)```", Pattern.DOTALL);

    @Test
    void every_piece_of_code_on_the_page_is_the_example_s() throws IOException {
        String page = Files.readString(Path.of("../../docs/guide/new-detection.md"));
        String sources;
        try (Stream<Path> files = Files.list(Path.of("src/test/java/io/trailwarden/detection/example"))) {
            sources = files.map(GuideTest::text).collect(Collectors.joining("\n"));
        }
        int pieces = 0;
        for (Matcher code = CODE.matcher(page); code.find(); pieces++) {
            assertThat(sources).contains(code.group(1).strip());
        }
        assertThat(pieces).isGreaterThanOrEqualTo(7);
    }

    private static String text(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }
}
