package io.trailwarden.benchmarks;

import static java.util.Map.entry;

import io.trailwarden.benchmarks.rules.PipelineRules;
import io.trailwarden.testing.generator.GeneratedFiles;
import io.trailwarden.testing.generator.Scenario;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * From gzip files to stored records and findings on two cores: Trailwarden and the baseline, by turns, each in a JVM of
 * its own on the same files. {@code --parallelism} is Trailwarden's number of slots; the baseline always has two.
 * With {@code --rules N}, Trailwarden without rules and with N of them.
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
                        entry("rules", "0"),
                        entry("sides", ""),
                        entry("parallelism", Integer.toString(Bench.PARALLELISM)),
                        entry("jvm", ChildJvm.LAUNCHERS),
                        entry("work", System.getProperty("java.io.tmpdir") + "/trailwarden-throughput")));
        int rules = (int) arguments.number("rules");
        String sides = arguments.text("sides").isEmpty()
                ? rules > 0 ? "trailwarden,rules" : "baseline,trailwarden"
                : arguments.text("sides");
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
        Path ruleFolder = work.resolve("rules");
        if (rules > 0) {
            PipelineRules.write(generated.resolve("input"), rules, ruleFolder);
        }
        Map<String, Measured> best = new HashMap<>();
        for (int round = 1; round <= arguments.number("rounds"); round++) {
            for (String side : sides.split(",")) {
                Path directory = work.resolve(side + "-" + round);
                Path result = work.resolve(side + "-" + round + ".json");
                List<String> run = new ArrayList<>(List.of(
                        generated.toString(),
                        directory.toString(),
                        Long.toString(files.events()),
                        Long.toString(files.bytes()),
                        result.toString()));
                if (!side.equals("baseline")) {
                    run.add(Long.toString(arguments.number("parallelism")));
                }
                if (side.equals("rules")) {
                    run.add(ruleFolder.toString());
                }
                ChildJvm.run(
                        side.equals("baseline") ? BaselineRun.class : PipelineRun.class, arguments.text("jvm"), run);
                Measured measured = Measured.read(result);
                System.out.print(measured.text(
                        side.equals("baseline") ? side : side + " with " + arguments.text("parallelism") + " slots"));
                best.merge(side, measured, Throughput::faster);
                deleteTree(directory);
            }
        }
        compare("Trailwarden", best.get("trailwarden"), "baseline", best.get("baseline"));
        compare("with " + rules + " rules", best.get("rules"), "without", best.get("trailwarden"));
        deleteTree(work);
    }

    private static void compare(String name, @Nullable Measured one, String otherName, @Nullable Measured other) {
        if (one != null && other != null) {
            System.out.printf(
                    Locale.ROOT,
                    "%s %,.0f records/s, %s %,.0f records/s: %.2f times the rate, %.2f times the CPU time%n",
                    name,
                    one.recordsPerSecond(),
                    otherName,
                    other.recordsPerSecond(),
                    one.recordsPerSecond() / other.recordsPerSecond(),
                    one.cpuMicrosPerRecord() / other.cpuMicrosPerRecord());
        }
    }

    private static Measured faster(Measured one, Measured other) {
        return other.recordsPerSecond() > one.recordsPerSecond() ? other : one;
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
