package io.trailwarden.benchmarks;

import static java.util.Map.entry;

import io.trailwarden.testing.generator.GeneratedFiles;
import io.trailwarden.testing.generator.Scenario;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * From gzip files to stored records and findings on two cores: Trailwarden and the baseline, by turns, each in a JVM of
 * its own on the same files. {@code --parallelism} is Trailwarden's number of slots; the baseline always has two.
 */
final class Throughput {

    private Throughput() {}

    /** Runs it and prints the comparison. */
    public static void main(String[] args) throws IOException, InterruptedException {
        Arguments arguments = Arguments.parse(
                args,
                Map.ofEntries(
                        entry("events", "500000"),
                        entry("planted", "500"),
                        entry("seed", "1"),
                        entry("duplicates", "0.005"),
                        entry("object-records", "100"),
                        entry("rounds", "1"),
                        entry("sides", "baseline,trailwarden"),
                        entry("parallelism", Integer.toString(Bench.PARALLELISM)),
                        entry("jvm", ChildJvm.LAUNCHERS),
                        entry("work", System.getProperty("java.io.tmpdir") + "/trailwarden-throughput")));
        Path work = Path.of(arguments.text("work"));
        deleteTree(work);
        Path generated = work.resolve("generated");
        Scenario scenario = Scenario.of(arguments.number("seed"), arguments.number("events"))
                .withPlanted((int) arguments.number("planted"))
                .withDuplicates(arguments.fraction("duplicates"))
                .withObjectRecords((int) arguments.number("object-records"));
        GeneratedFiles files = GeneratedFiles.write(scenario, generated);
        System.out.printf(
                Locale.ROOT,
                "%,d records and %,d duplicates in %,d gzip files, %.0f MB (%.0f MB compressed); JVM %s %s%n",
                files.events(),
                files.duplicates(),
                files.objects(),
                files.bytes() / 1e6,
                files.compressedBytes() / 1e6,
                Runtime.version(),
                arguments.text("jvm"));
        Measured best = null;
        Measured bestBaseline = null;
        for (int round = 1; round <= arguments.number("rounds"); round++) {
            for (String side : arguments.text("sides").split(",")) {
                Path directory = work.resolve(side + "-" + round);
                Path result = work.resolve(side + "-" + round + ".json");
                boolean ours = side.equals("trailwarden");
                ChildJvm.run(
                        ours ? PipelineRun.class : BaselineRun.class,
                        arguments.text("jvm"),
                        List.of(
                                generated.toString(),
                                directory.toString(),
                                Long.toString(files.events()),
                                Long.toString(files.bytes()),
                                result.toString(),
                                Long.toString(arguments.number("parallelism"))));
                Measured measured = Measured.read(result);
                System.out.print(
                        measured.text(ours ? side + " with " + arguments.text("parallelism") + " slots" : side));
                if (ours) {
                    best = faster(best, measured);
                } else {
                    bestBaseline = faster(bestBaseline, measured);
                }
                deleteTree(directory);
            }
        }
        if (best != null && bestBaseline != null) {
            System.out.printf(
                    Locale.ROOT,
                    "Trailwarden %,.0f records/s, baseline %,.0f records/s: %.2f times the rate, %.2f times the CPU time%n",
                    best.recordsPerSecond(),
                    bestBaseline.recordsPerSecond(),
                    best.recordsPerSecond() / bestBaseline.recordsPerSecond(),
                    best.cpuMicrosPerRecord() / bestBaseline.cpuMicrosPerRecord());
        }
        deleteTree(work);
    }

    private static Measured faster(@Nullable Measured one, Measured other) {
        return one == null || other.recordsPerSecond() > one.recordsPerSecond() ? other : one;
    }

    static void deleteTree(Path root) throws IOException {
        if (!Files.exists(root)) {
            return;
        }
        try (Stream<Path> all = Files.walk(root)) {
            for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(path);
            }
        }
    }
}
