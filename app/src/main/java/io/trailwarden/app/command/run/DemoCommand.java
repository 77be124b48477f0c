package io.trailwarden.app.command.run;

import io.trailwarden.app.command.option.InputOptions;
import io.trailwarden.app.config.ConfigReader;
import io.trailwarden.app.config.Configuration;
import io.trailwarden.app.demo.DemoFeed;
import io.trailwarden.app.pipeline.Pipeline;
import io.trailwarden.app.reference.ReferenceSources;
import io.trailwarden.app.terminal.ExitCode;
import io.trailwarden.app.terminal.Io;
import io.trailwarden.app.terminal.Stop;
import io.trailwarden.event.Finding;
import io.trailwarden.settings.SettingsReader.Flag;
import io.trailwarden.sinks.Batching;
import io.trailwarden.sinks.FindingSink;
import io.trailwarden.sinks.SinkUnavailableException;
import io.trailwarden.sinks.StdoutSink;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code demo}: the whole pipeline on a story of our own making. */
@Command(
        name = "demo",
        mixinStandardHelpOptions = true,
        description = "Runs the whole pipeline on a scenario that happens now: an invented organization, an outsider"
                + " who takes a role, a burst of throttling, a state machine started by the wrong one.",
        footer = {
            "",
            "Examples:",
            "  trailwarden demo               until Ctrl-C, then everything is deleted",
            "  trailwarden demo --data d      the same, and kept: findings, query and console work on d",
            "  trailwarden demo --port 0      the console on any free port"
        })
public final class DemoCommand implements Callable<Integer> {

    private final Io io;

    @Option(names = "--data", paramLabel = "DIR", description = "Keep everything there; else in a temporary folder.")
    @Nullable
    String data;

    @Option(names = "--port", paramLabel = "PORT", description = "The console's port; 0 takes a free one.")
    @Nullable
    String port;

    @Option(names = "--json", description = "Print findings as JSON, one a line.")
    boolean json;

    @Option(names = "--stop-after", paramLabel = "FINDINGS", description = "Stop by itself after so many findings.")
    long stopAfter;

    public DemoCommand(Io io) {
        this.io = io;
    }

    @Override
    public Integer call() throws IOException, InterruptedException {
        Path directory = data == null
                ? Files.createTempDirectory("trailwarden-demo-")
                : io.workingDirectory().resolve(data).toAbsolutePath().normalize();
        try {
            run(directory);
        } finally {
            if (data == null) {
                delete(directory);
            }
        }
        return ExitCode.FINE;
    }

    private void run(Path directory) throws InterruptedException {
        DemoFeed feed = new DemoFeed(directory.resolve("demo"), io.clock());
        Configuration config = ConfigReader.read(null, io.workingDirectory(), settings(), flags(directory, feed));
        CountingSink terminal =
                new CountingSink(json ? StdoutSink.json(io.out()) : StdoutSink.lines(io.out(), io.colour()));
        io.err().println("Starting an invented organization's pipeline. Nothing here is real.");
        try (Stop stop = new Stop();
                Pipeline pipeline = Pipeline.start(
                        config, ReferenceSources.of(config, io.clock()), List.of(terminal), io.clock())) {
            pipeline.consoleUrl().ifPresent(url -> io.err().println("Console: " + url));
            io.err()
                    .println("Findings come every few seconds. Why, and what to do: in the console, or in another"
                            + " terminal with\n  trailwarden findings --data " + directory + " ID\nStop with Ctrl-C.");
            pipeline.read();
            do {
                pipeline.requireRunning();
                feed.tick();
                if (feed.told() && !json) {
                    io.err().print(DemoFeed.howToConnect());
                }
            } while (!stop.await(1, TimeUnit.SECONDS) && (stopAfter == 0 || terminal.count() < stopAfter));
        }
    }

    /** The person's own settings are not the demonstration's, but for those that concern this machine. */
    private Map<String, String> settings() {
        Map<String, String> mine = new LinkedHashMap<>();
        io.environment().forEach((name, value) -> {
            if (name.startsWith("TRAILWARDEN_CONSOLE_") || name.startsWith("TRAILWARDEN_PROCESSING_")) {
                mine.put(name, value);
            }
        });
        return mine;
    }

    private Map<String, Flag> flags(Path directory, DemoFeed feed) {
        Map<String, Flag> flags = new LinkedHashMap<>();
        flags.put("data", new Flag("--data", directory.toString()));
        flags.put("inputs", new Flag("demo", feed.inbox().toString()));
        flags.put("reference", new Flag("demo", feed.reference().toString()));
        flags.put("follow", new Flag("demo", "true"));
        flags.put("processing.checkpoint-interval", new Flag("demo", "2s"));
        InputOptions.port(flags, port);
        return flags;
    }

    private static void delete(Path directory) {
        try (Stream<Path> tree = Files.walk(directory)) {
            for (Path path : tree.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(path);
            }
        } catch (IOException e) {
            // It is in the system's folder for temporary files, which takes care of the rest.
            return;
        }
    }

    /** Prints, and counts what was printed. */
    private static final class CountingSink implements FindingSink {
        private final FindingSink real;
        private final AtomicLong count = new AtomicLong();

        CountingSink(FindingSink real) {
            this.real = real;
        }

        long count() {
            return count.get();
        }

        @Override
        public String name() {
            return real.name();
        }

        @Override
        public Batching batching() {
            return real.batching();
        }

        @Override
        public List<Refused> deliver(List<Finding> batch) throws SinkUnavailableException {
            List<Refused> refused = real.deliver(batch);
            count.addAndGet(batch.size());
            return refused;
        }

        @Override
        public void close() {
            real.close();
        }
    }
}
