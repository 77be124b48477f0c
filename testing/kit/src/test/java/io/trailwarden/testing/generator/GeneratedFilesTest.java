package io.trailwarden.testing.generator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GeneratedFilesTest {

    private static final ObjectMapper JSON = new ObjectMapper();

    @TempDir
    Path directory;

    @Test
    void lays_objects_out_as_s3_does_and_tells_the_truth_beside_them() throws IOException {
        Scenario scenario = Scenario.of(9, 20_000).withPlanted(60).withDuplicates(0.2);
        GeneratedFiles files = GeneratedFiles.write(scenario, directory);

        List<String> cloudTrail = new ArrayList<>();
        List<String> executions = new ArrayList<>();
        for (Path file : files(directory.resolve("input"))) {
            String path = directory.resolve("input").relativize(file).toString();
            if (path.startsWith("executions/")) {
                assertThat(path).matches("executions/(\\d{12})/states/[a-z0-9-]+/2026/03/02/\\1_states_.*\\.log\\.gz");
                text(file).lines().forEach(line -> executions.add(executionId(line)));
            } else {
                assertThat(path)
                        .matches("(second-trail/)?AWSLogs/o-tw0example0/(\\d{12})/CloudTrail/([a-z0-9-]+)/2026/03/02/"
                                + "\\2_CloudTrail_\\3_20260302T\\d{4}Z_[A-Z2-7]{16}\\.json\\.gz");
                JSON.readTree(text(file))
                        .get("Records")
                        .forEach(record -> cloudTrail.add(record.get("eventID").textValue()));
            }
        }
        assertThat(cloudTrail).hasSize((int) (files.events() + files.duplicates() - executions.size()));
        assertThat(Files.readAllLines(directory.resolve("truth/cloudtrail-ids.txt")))
                .doesNotHaveDuplicates()
                .containsAll(cloudTrail)
                .hasSize(20_000 - executions.size());
        assertThat(executions)
                .containsExactlyInAnyOrderElementsOf(Files.readAllLines(directory.resolve("truth/execution-ids.txt")));
        double twice = (double) files.duplicates() / (files.events() - executions.size());
        assertThat(twice).isBetween(0.18, 0.22);
        assertThat(GeneratedFiles.planted(directory))
                .isEqualTo(Generator.generate(scenario, (kind, account, region, id, time, bytes, length) -> {}));
    }

    @Test
    void delivers_late_and_out_of_order_as_measured() throws IOException {
        Scenario scenario = Scenario.of(9, 60_000).withShares(0.5, 0);
        long start = scenario.start().getEpochSecond();
        GeneratedFiles files = GeneratedFiles.write(scenario, directory);
        assertThat(files.objects()).isLessThan(20_000);

        List<Long> lags = new ArrayList<>();
        TreeMap<Long, List<Long>> byDelivery = new TreeMap<>();
        List<Integer> sizes = new ArrayList<>();
        long inverted = 0;
        long neighbours = 0;
        for (Path file : files(directory.resolve("input"))) {
            long delivered = delivered(file);
            long before = Long.MIN_VALUE;
            JsonNode records = JSON.readTree(text(file)).get("Records");
            // Objects of the first and last minutes are still filling up, or no longer.
            if (delivered >= start + 240 && delivered < start + 360) {
                sizes.add(records.size());
            }
            for (JsonNode record : records) {
                long time = Instant.parse(record.get("eventTime").textValue()).getEpochSecond();
                lags.add(delivered - time);
                byDelivery.computeIfAbsent(delivered, d -> new ArrayList<>()).add(time);
                if (before != Long.MIN_VALUE) {
                    neighbours++;
                    inverted += time < before ? 1 : 0;
                }
                before = time;
            }
        }
        lags.sort(null);
        sizes.sort(null);
        assertThat(lags.get(0)).isNotNegative();
        assertThat(lags.get(lags.size() / 2)).isBetween(185L, 215L);
        assertThat(lags.get(lags.size() * 99 / 100)).isBetween(420L, 530L);
        assertThat(lags.get(lags.size() - 1)).isLessThanOrEqualTo(608);
        assertThat((double) inverted / neighbours).isBetween(0.08, 0.22);
        assertThat(sizes.get(sizes.size() / 2)).isBetween(5, 20);
        assertThat(sizes.get(sizes.size() - 1)).isLessThanOrEqualTo(200);

        long newest = Long.MIN_VALUE;
        long behind = 0;
        for (List<Long> times : byDelivery.values()) {
            for (long time : times) {
                behind += time < newest ? 1 : 0;
                newest = Math.max(newest, time);
            }
        }
        assertThat((double) behind / lags.size()).isGreaterThan(0.6);
    }

    @Test
    void refuses_a_folder_that_has_something_in_it() throws IOException {
        Files.writeString(directory.resolve("mine.txt"), "mine");
        assertThatThrownBy(() -> GeneratedFiles.write(Scenario.of(1, 10), directory))
                .isInstanceOf(IOException.class)
                .hasMessage(directory + " has something in it (expected: an empty or absent folder)");
    }

    private static String executionId(String line) {
        try {
            JsonNode json = JSON.readTree(line);
            return json.get("execution_arn").textValue()
                    + '#'
                    + json.get("redrive_count").textValue()
                    + '#'
                    + json.get("id").textValue()
                    + '#'
                    + json.get("type").textValue();
        } catch (IOException e) {
            throw new UncheckedIOException(line, e);
        }
    }

    private static long delivered(Path file) {
        String[] parts = file.getFileName().toString().split("_");
        return LocalDateTime.parse(parts[3], DateTimeFormatter.ofPattern("uuuuMMdd'T'HHmm'Z'"))
                .toEpochSecond(ZoneOffset.UTC);
    }

    private static String text(Path file) throws IOException {
        try (InputStream in = new GZIPInputStream(Files.newInputStream(file))) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    private static List<Path> files(Path root) throws IOException {
        try (Stream<Path> all = Files.walk(root)) {
            return all.filter(Files::isRegularFile).toList();
        }
    }
}
