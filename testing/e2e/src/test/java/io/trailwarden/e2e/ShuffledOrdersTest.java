package io.trailwarden.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.trailwarden.testing.generator.GeneratedFiles;
import io.trailwarden.testing.generator.Scenario;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The same files in many orders, each of them three times: the same rows and the same findings.
 *
 * <p>{@code -Dshuffle.orders=20 -Dshuffle.events=20000} for more than the few of every build.
 */
class ShuffledOrdersTest {

    private static final int ORDERS = Integer.getInteger("shuffle.orders", 2);
    private static final int EVENTS = Integer.getInteger("shuffle.events", 6_000);
    private static final int COPIES = 3;
    private static final Duration PATIENCE = Duration.ofMinutes(5);

    @TempDir
    Path directory;

    @Test
    void any_order_and_any_number_of_copies_give_the_same_rows_and_findings() throws Exception {
        Scenario scenario = Scenario.of(4, EVENTS).withPlanted(EVENTS / 200).withDuplicates(0.2);
        Path generated = directory.resolve("generated");
        GeneratedFiles.write(scenario, generated);
        List<Path> files = new ArrayList<>(files(generated.resolve("input")));

        Outcome expected = null;
        for (int order = 0; order < ORDERS; order++) {
            Path shuffled = directory.resolve("order-" + order);
            layOut(files, shuffled, order);
            Outcome outcome = outcome(shuffled, generated, new Store(directory.resolve("data-" + order)));
            assertThat(outcome.rows).hasSize(EVENTS);
            assertThat(outcome.findings).isNotEmpty();
            if (expected == null) {
                expected = outcome;
            } else {
                assertThat(outcome.rows).isEqualTo(expected.rows);
                assertThat(outcome.findings).isEqualTo(expected.findings);
            }
            System.out.printf(
                    Locale.ROOT,
                    "order %d of %d: %,d rows, %,d findings, as before%n",
                    order + 1,
                    ORDERS,
                    outcome.rows.size(),
                    outcome.findings.size());
        }
    }

    private record Outcome(Set<String> rows, Set<String> findings) {}

    private static Outcome outcome(Path input, Path generated, Store store) throws Exception {
        Path config = Files.writeString(
                input.resolveSibling(input.getFileName() + ".yaml"),
                "reference: [\"" + generated.resolve("reference/reference.yaml") + "\"]\n");
        JsonNode summary = store.runOnce(PATIENCE, "--config", config.toString(), "--input", input.toString());
        assertThat(summary.get("balanced").booleanValue()).isTrue();
        List<String> rows = store.eventIds();
        assertThat(rows).doesNotHaveDuplicates();
        store.verifiedLedger();
        return new Outcome(new TreeSet<>(rows), store.openFindings());
    }

    /** Files are read in order of their path, so the order is in the names. */
    private static void layOut(List<Path> files, Path target, int order) throws IOException {
        List<Path> all = new ArrayList<>();
        for (int copy = 0; copy < COPIES; copy++) {
            all.addAll(files);
        }
        Collections.shuffle(all, new Random(order));
        Files.createDirectories(target);
        for (int i = 0; i < all.size(); i++) {
            Path file = all.get(i);
            Files.createLink(target.resolve(String.format(Locale.ROOT, "%06d-%s", i, file.getFileName())), file);
        }
    }

    private static List<Path> files(Path root) throws IOException {
        try (Stream<Path> all = Files.walk(root)) {
            return all.filter(Files::isRegularFile).sorted().toList();
        }
    }
}
