package io.trailwarden.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BenchTest {

    @Test
    void the_baseline_makes_checkpoints_as_often_as_trailwarden_does_by_default(@TempDir Path folder) throws Exception {
        assertThat(PipelineRun.configuration(folder.resolve("work"), folder, Map.of())
                        .processing()
                        .checkpointInterval())
                .isEqualTo(Bench.CHECKPOINTS);
    }
}
