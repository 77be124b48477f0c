package io.trailwarden.benchmarks.baseline;

import static org.assertj.core.api.Assertions.assertThat;

import io.trailwarden.testing.generator.GeneratedFiles;
import io.trailwarden.testing.generator.Generator;
import io.trailwarden.testing.generator.Scenario;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import java.util.Properties;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BaselinePipelineTest {

    private final Locale locale = Locale.getDefault();

    /** Flink's Kafka source lower-cases "EARLIEST" in the default locale, which fails in a Turkish one. */
    @BeforeEach
    void speak_no_turkish() {
        Locale.setDefault(Locale.ROOT);
    }

    @AfterEach
    void restore_the_locale() {
        Locale.setDefault(locale);
    }

    @TempDir
    Path directory;

    @Test
    void stores_every_generated_record_once() throws Exception {
        Scenario scenario = Scenario.of(3, 2_000).withPlanted(8).withDuplicates(0.2);
        GeneratedFiles files = GeneratedFiles.write(scenario, directory.resolve("generated"));
        try (BaselinePipeline baseline = BaselinePipeline.start(
                directory.resolve("baseline"), 2, Set.copyOf(Generator.accounts(scenario)), Duration.ofMillis(500))) {
            long read =
                    baseline.run(directory.resolve("generated/input"), new Properties(), 2_000, Duration.ofSeconds(60));
            assertThat(read).isEqualTo(files.events() + files.duplicates());
            assertThat(baseline.stored()).isEqualTo(2_000);
        }
    }
}
