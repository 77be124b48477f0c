package io.trailwarden.benchmarks;

import io.trailwarden.app.config.Configuration;
import io.trailwarden.app.pipeline.Pipeline;
import io.trailwarden.app.reference.ReferenceFiles;
import io.trailwarden.storage.Ledger;
import io.trailwarden.testing.generator.GeneratedFiles;
import io.trailwarden.testing.generator.Scenario;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;

/**
 * What a record costs when detectors remember few principals, and when they remember many: every principal acts once,
 * then the same number of further records is measured.
 */
final class StateSize {

    private StateSize() {}

    /** One size in this process when {@code --principals} has one number, else each in a process of its own. */
    public static void main(String[] args) throws Exception {
        Locale.setDefault(Locale.ROOT);
        Arguments arguments = Arguments.parse(
                args,
                Map.of(
                        "principals", "1000,20000",
                        "events", "50000",
                        "backend", "heap",
                        "jvm", ChildJvm.LAUNCHERS,
                        "work", System.getProperty("java.io.tmpdir") + "/trailwarden-state"));
        String[] sizes = arguments.text("principals").split(",");
        if (sizes.length == 1) {
            measure(arguments);
            System.exit(0);
        }
        for (String size : sizes) {
            ChildJvm.run(
                    StateSize.class,
                    arguments.text("jvm"),
                    List.of(
                            "--principals", size,
                            "--events", arguments.text("events"),
                            "--backend", arguments.text("backend"),
                            "--work", arguments.text("work")));
        }
    }

    private static void measure(Arguments arguments) throws Exception {
        Path work = Path.of(arguments.text("work")).toAbsolutePath();
        Throughput.deleteTree(work);
        int principals = (int) arguments.number("principals");
        long events = arguments.number("events");
        Scenario everybodyOnce = Scenario.of(1, principals)
                .withPrincipals(principals, 0)
                .withShares(0, 0)
                .withObjectRecords(200)
                .withDuplicates(0);
        GeneratedFiles.write(everybodyOnce, work.resolve("once"));
        Scenario again =
                everybodyOnce.withEvents(events).withStart(everybodyOnce.start().plus(Duration.ofHours(12)));
        GeneratedFiles further = GeneratedFiles.write(again, work.resolve("again"));

        Path feed = Files.createDirectories(work.resolve("feed"));
        link(work.resolve("once/input"), feed, "1");
        Configuration config = PipelineRun.configuration(
                Files.createDirectories(work.resolve("pipeline")),
                work.resolve("once"),
                Map.of(
                        "inputs",
                        feed.toString(),
                        "follow",
                        "true",
                        "processing.state-backend",
                        arguments.text("backend"),
                        "processing.max-keys",
                        "4000000"));
        Clock clock = Clock.systemUTC();
        try (Usage usage = new Usage();
                Pipeline pipeline =
                        Pipeline.start(config, List.of(new ReferenceFiles(config, clock)), List.of(), clock)) {
            pipeline.read();
            await(pipeline, principals);
            usage.begin();
            long began = System.nanoTime();
            link(work.resolve("again/input"), feed, "2");
            await(pipeline, principals + events);
            double seconds = (System.nanoTime() - began) / 1e9;
            System.out.print(new Measured(
                            events, events, further.bytes(), seconds, usage.byStage(Usage::stage), Usage.peakResident())
                    .text(String.format(
                            Locale.ROOT, "%,d principals in state (%s)", principals, arguments.text("backend"))));
        }
        Path checkpoint = newestCheckpoint(config.data().resolve("flink"));
        long bytes = size(checkpoint);
        System.out.printf(
                Locale.ROOT,
                "    newest checkpoint %.1f MB: %.0f bytes a principal%n",
                bytes / 1e6,
                (double) bytes / principals);
        Throughput.deleteTree(work);
    }

    /** Incremental ones lean on files beside them: shared ones count too. */
    private static Path newestCheckpoint(Path flink) throws IOException {
        try (Stream<Path> all = Files.walk(flink)) {
            return all.filter(path -> path.getFileName().toString().equals("_metadata"))
                    .map(Path::getParent)
                    .max(Comparator.comparing(StateSize::number))
                    .orElseThrow(() -> new IOException("no checkpoint in " + flink));
        }
    }

    private static long number(Path checkpoint) {
        return Long.parseLong(checkpoint.getFileName().toString().replaceFirst("chk-", ""));
    }

    private static long size(Path checkpoint) throws IOException {
        long bytes = 0;
        for (Path folder : List.of(checkpoint, checkpoint.resolveSibling("shared"))) {
            if (Files.isDirectory(folder)) {
                try (Stream<Path> all = Files.walk(folder)) {
                    for (Path file : all.filter(Files::isRegularFile).toList()) {
                        bytes += Files.size(file);
                    }
                }
            }
        }
        return bytes;
    }

    private static void await(Pipeline pipeline, long stored) throws IOException {
        while (Ledger.total(pipeline.archive().ledger().read()).stored() < stored) {
            pipeline.requireRunning();
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(100));
        }
    }

    private static void link(Path input, Path feed, String prefix) throws IOException {
        try (Stream<Path> all = Files.walk(input)) {
            for (Path file : all.filter(Files::isRegularFile).toList()) {
                Files.createLink(feed.resolve(prefix + "-" + file.getFileName()), file);
            }
        }
    }
}
