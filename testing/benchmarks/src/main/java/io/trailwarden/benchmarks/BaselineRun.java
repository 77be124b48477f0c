package io.trailwarden.benchmarks;

import io.trailwarden.benchmarks.baseline.BaselinePipeline;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.Locale;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

/** One run of the baseline: {@code GENERATED WORK DISTINCT BYTES RESULT}, and what else is given to the other side. */
final class BaselineRun {

    private BaselineRun() {}

    /** Runs it and writes the result. */
    public static void main(String[] args) throws IOException {
        // Flink's Kafka source does not start in every locale.
        Locale.setDefault(Locale.ROOT);
        Path generated = Path.of(args[0]);
        try (Usage usage = new Usage();
                BaselinePipeline pipeline = BaselinePipeline.start(
                        Path.of(args[1]), Bench.PARALLELISM, accounts(generated), Bench.CHECKPOINTS)) {
            usage.begin();
            long began = System.nanoTime();
            long records = pipeline.run(
                    generated.resolve("input"), producerSettings(), Long.parseLong(args[2]), Duration.ofMinutes(30));
            double seconds = (System.nanoTime() - began) / 1e9;
            new Measured(
                            records,
                            pipeline.stored(),
                            Long.parseLong(args[3]),
                            seconds,
                            usage.byStage(Usage::stage),
                            Usage.peakResident())
                    .write(Path.of(args[4]));
        }
        System.exit(0);
    }

    /** The same that Trailwarden's own ingester uses. */
    private static Properties producerSettings() {
        Properties settings = new Properties();
        settings.putAll(Map.of(
                "acks", "all",
                "enable.idempotence", "true",
                "compression.type", "lz4",
                "linger.ms", "20",
                "batch.size", "524288",
                "buffer.memory", "67108864"));
        return settings;
    }

    @SuppressWarnings("unchecked")
    private static Set<String> accounts(Path generated) throws IOException {
        Map<String, Object> yaml =
                (Map<String, Object>) new Load(LoadSettings.builder().build())
                        .loadFromString(Files.readString(generated.resolve("reference/reference.yaml")));
        return new HashSet<>(((Map<String, Object>) yaml.get("accounts")).keySet());
    }
}
