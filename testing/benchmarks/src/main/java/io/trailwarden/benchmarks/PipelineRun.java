package io.trailwarden.benchmarks;

import com.fasterxml.jackson.databind.JsonNode;
import io.trailwarden.app.config.ConfigReader;
import io.trailwarden.app.config.Configuration;
import io.trailwarden.app.pipeline.Pipeline;
import io.trailwarden.app.pipeline.RunSummary;
import io.trailwarden.app.reference.ReferenceFiles;
import io.trailwarden.app.reference.ReferenceSource;
import io.trailwarden.app.reference.RuleFolders;
import io.trailwarden.settings.SettingsReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** One run of the real pipeline, console included: {@code GENERATED WORK DISTINCT BYTES RESULT SLOTS [RULES]}. */
final class PipelineRun {

    private PipelineRun() {}

    /** Runs it and writes the result. */
    public static void main(String[] args) throws Exception {
        Locale.setDefault(Locale.ROOT);
        Path generated = Path.of(args[0]).toAbsolutePath();
        Path work = Files.createDirectories(Path.of(args[1]).toAbsolutePath());
        Configuration config = configuration(
                work,
                generated,
                Map.of(
                        "inputs", generated.resolve("input").toString(),
                        "processing.parallelism", args[5],
                        "kafka.partitions", args[5]));
        Clock clock = Clock.systemUTC();
        List<Path> rules = args.length > 6 ? List.of(Path.of(args[6])) : List.of();
        List<ReferenceSource> reference = List.of(
                new ReferenceFiles(config, clock), new RuleFolders(rules, Configuration.Maturity.STABLE, clock));
        try (Usage usage = new Usage();
                Pipeline pipeline = Pipeline.start(config, reference, List.of(), clock)) {
            usage.begin();
            long began = System.nanoTime();
            Pipeline.Waiting waiting = (count, what) -> {};
            pipeline.read();
            pipeline.awaitRead(waiting);
            double read = (System.nanoTime() - began) / 1e9;
            pipeline.settle(waiting);
            double seconds = (System.nanoTime() - began) / 1e9;
            JsonNode summary = RunSummary.of(
                            pipeline.archive(),
                            pipeline.progress(),
                            Duration.ofNanos(1),
                            Duration.ofNanos(1),
                            pipeline.numbers())
                    .json();
            System.out.printf(
                    Locale.ROOT,
                    "    read by %.1f s, settled by %.1f s; findings that stand: %s%n",
                    read,
                    seconds,
                    summary.at("/findings/byDetection"));
            if (!summary.get("balanced").booleanValue()) {
                throw new IllegalStateException("the ledger does not balance: " + summary.get("ledger"));
            }
            long stored = summary.at("/ledger/stored").longValue();
            if (stored != Long.parseLong(args[2])) {
                throw new IllegalStateException(stored + " records stored (expected: " + args[2] + ")");
            }
            System.out.print(TableNumbers.of(config.data()).text());
            new Measured(
                            pipeline.progress().records(),
                            stored,
                            Long.parseLong(args[3]),
                            seconds,
                            usage.byStage(Usage::stage),
                            Usage.peakResident())
                    .write(Path.of(args[4]));
        }
        System.exit(0);
    }

    /** The defaults, but for where data and reference data are, and these settings. */
    static Configuration configuration(Path work, Path generated, Map<String, String> settings) throws Exception {
        Path file = Files.writeString(
                work.resolveSibling(work.getFileName() + ".yaml"),
                "reference: [\"" + generated.resolve("reference/reference.yaml") + "\"]\n");
        Map<String, SettingsReader.Flag> flags = new HashMap<>();
        flags.put("data", new SettingsReader.Flag("data", work.resolve("data").toString()));
        flags.put("console.port", new SettingsReader.Flag("console.port", "0"));
        settings.forEach((name, value) -> flags.put(name, new SettingsReader.Flag(name, value)));
        return ConfigReader.read(file, work, Map.of(), flags);
    }
}
