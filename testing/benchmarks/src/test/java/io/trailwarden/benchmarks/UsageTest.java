package io.trailwarden.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;

class UsageTest {

    @Test
    void finds_the_thread_that_worked() throws Exception {
        assumeTrue(Files.isDirectory(Path.of("/proc/self/task")), "skipped: /proc is Linux's");
        try (Usage usage = new Usage()) {
            usage.begin();
            double[] result = {0};
            Thread worker = new Thread(
                    () -> {
                        long until = System.nanoTime() + 1_500_000_000L;
                        while (System.nanoTime() < until) {
                            result[0] += Math.sqrt(result[0] + 1);
                        }
                    },
                    "ingest-file");
            worker.start();
            worker.join();
            Map<String, Double> seconds = usage.byStage(Usage::stage);
            assertThat(seconds.values().stream()
                            .mapToDouble(Double::doubleValue)
                            .sum())
                    .isPositive();
            assertThat(seconds).containsKey("ingest");
            assertThat(Usage.peakResident()).isGreaterThan(10_000_000);
        }
    }

    @Test
    void names_every_stage() {
        assertThat(Usage.stage("ingest-file")).isEqualTo("ingest");
        assertThat(Usage.stage("Source: records")).startsWith("intake");
        assertThat(Usage.stage("AsyncOperations")).startsWith("checkpoints");
        assertThat(Usage.stage("GC Thread#0")).isEqualTo("garbage collection");
        assertThat(Usage.stage("C2 CompilerThre")).isEqualTo("compiling Java");
        assertThat(Usage.stage("data-plane-kafk")).isEqualTo("Kafka broker");
        assertThat(Usage.stage("something")).isEqualTo("other");
    }
}
