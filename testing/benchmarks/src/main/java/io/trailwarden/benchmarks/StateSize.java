package io.trailwarden.benchmarks;

import io.trailwarden.app.config.Configuration;
import io.trailwarden.app.pipeline.Pipeline;
import io.trailwarden.app.reference.ReferenceFiles;
import io.trailwarden.storage.Ledger;
import io.trailwarden.testing.generator.GeneratedFiles;
import io.trailwarden.testing.generator.Scenario;
import java.io.IOException;
import java.lang.management.ManagementFactory;
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
 * What a record costs when detectors remember few principals, and when they remember many: every principal acts,
 * then further records are measured.
 */
final class StateSize {

    private static final String BYTES = "bytes";

    private StateSize() {}

    /** Each size in processes of its own: one makes the input, which needs more memory, one measures. */
    public static void main(String[] args) throws Exception {
        Locale.setDefault(Locale.ROOT);
        Arguments arguments = Arguments.parse(
                args,
                Map.of(
                        "principals", "1000,20000",
                        "events", "50000",
                        "before", "50000",
                        "backend", "heap",
                        "step", "",
                        "jvm", ChildJvm.LAUNCHERS,
                        "work", System.getProperty("java.io.tmpdir") + "/trailwarden-state"));
        switch (arguments.text("step")) {
            case "generate" -> generate(arguments);
            case "measure" -> {
                measure(arguments);
                System.exit(0);
            }
            default -> {
                for (String size : arguments.text("principals").split(",")) {
                    step("generate", size, "-Xmx4g", arguments);
                    step("measure", size, arguments.text("jvm"), arguments);
                }
            }
        }
    }

    private static void step(String step, String principals, String jvm, Arguments arguments)
            throws IOException, InterruptedException {
        ChildJvm.run(
                StateSize.class,
                jvm,
                List.of(
                        "--step", step,
                        "--principals", principals,
                        "--events", arguments.text("events"),
                        "--before", arguments.text("before"),
                        "--backend", arguments.text("backend"),
                        "--work", arguments.text("work")));
    }

    private static Path work(Arguments arguments) {
        return Path.of(arguments.text("work")).toAbsolutePath();
    }

    /** Every size comes to its measurement equally warm: that many records, and everybody at least once. */
    private static long before(Arguments arguments) {
        return Math.max(arguments.number("principals"), arguments.number("before"));
    }

    private static void generate(Arguments arguments) throws IOException {
        Path work = work(arguments);
        Throughput.deleteTree(work);
        int principals = (int) arguments.number("principals");
        Scenario everybody = Scenario.of(1, before(arguments))
                .withPrincipals(principals, 0)
                .withShares(0, 0)
                .withObjectRecords(200)
                .withDuplicates(0);
        GeneratedFiles.write(everybody, work.resolve("once"));
        GeneratedFiles further = GeneratedFiles.write(
                everybody
                        .withEvents(arguments.number("events"))
                        .withStart(everybody.start().plus(Duration.ofHours(12))),
                work.resolve("again"));
        Files.writeString(work.resolve(BYTES), Long.toString(further.bytes()));
    }

    private static void measure(Arguments arguments) throws Exception {
        Path work = work(arguments);
        int principals = (int) arguments.number("principals");
        long events = arguments.number("events");
        long before = before(arguments);
        long bytesAgain = Long.parseLong(Files.readString(work.resolve(BYTES)));
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
            await(pipeline, before);
            usage.begin();
            long began = System.nanoTime();
            link(work.resolve("again/input"), feed, "2");
            await(pipeline, before + events);
            double seconds = (System.nanoTime() - began) / 1e9;
            System.out.print(new Measured(
                            events, events, bytesAgain, seconds, usage.byStage(Usage::stage), Usage.peakResident())
                    .text(String.format(
                            Locale.ROOT, "%,d principals in state (%s)", principals, arguments.text("backend"))));
            System.gc();
            System.out.printf(
                    Locale.ROOT,
                    "    heap in use after a collection: %.0f MB%n",
                    ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed() / 1e6);
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
