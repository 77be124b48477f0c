package io.trailwarden.app.demo;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.trailwarden.app.config.ReferenceFile;
import io.trailwarden.settings.ConfigProblem;
import io.trailwarden.testing.aws.SimulatedClock;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DemoFeedTest {

    @TempDir
    Path directory;

    private final SimulatedClock clock = new SimulatedClock(Instant.parse("2026-03-01T00:00:00Z"));

    @Test
    void a_file_a_second_appears_whole_and_in_order() throws IOException {
        DemoFeed feed = new DemoFeed(directory, clock);
        feed.tick();
        feed.tick();

        try (Stream<Path> files = Files.list(feed.inbox())) {
            assertThat(files.map(file -> file.getFileName().toString()).sorted())
                    .containsExactly("000000.json", "000001.json");
        }
        ObjectMapper json = new ObjectMapper();
        for (String line : Files.readAllLines(feed.inbox().resolve("000000.json"))) {
            assertThat(json.readTree(line.isEmpty() ? "{}" : line).isObject()).isTrue();
        }
        try (Stream<Path> left = Files.list(directory)) {
            assertThat(left.map(file -> file.getFileName().toString()).sorted())
                    .as("no temporary files")
                    .containsExactly("inbox", "reference.yaml");
        }
    }

    @Test
    void what_is_known_about_the_organization_can_be_read() {
        DemoFeed feed = new DemoFeed(directory, clock);
        List<ConfigProblem> problems = new ArrayList<>();

        assertThat(ReferenceFile.read(feed.reference(), false, clock.instant(), problems))
                .isNotEmpty();
        assertThat(problems).isEmpty();
    }

    @Test
    void the_story_is_told_once_when_its_seconds_are_over() {
        DemoFeed feed = new DemoFeed(directory, clock);
        for (int second = 1; second < Scenario.ROUND_SECONDS; second++) {
            feed.tick();
            assertThat(feed.told()).isFalse();
        }
        feed.tick();
        assertThat(feed.told()).isTrue();
        feed.tick();
        assertThat(feed.told()).as("only once").isFalse();
        assertThat(DemoFeed.howToConnect()).contains("trailwarden");
    }
}
