package io.trailwarden.app.command.run;

import io.trailwarden.app.command.option.ConfigOptions;
import io.trailwarden.app.command.option.InputOptions;
import io.trailwarden.app.command.option.Severities;
import io.trailwarden.app.config.Configuration;
import io.trailwarden.app.pipeline.Pipeline;
import io.trailwarden.app.pipeline.PipelineException;
import io.trailwarden.app.pipeline.RunSummary;
import io.trailwarden.app.reference.ReferenceSources;
import io.trailwarden.app.terminal.ExitCode;
import io.trailwarden.app.terminal.Io;
import io.trailwarden.app.terminal.JsonOut;
import io.trailwarden.app.terminal.Progress;
import io.trailwarden.app.terminal.Stop;
import io.trailwarden.event.Severity;
import io.trailwarden.settings.SettingsReader.Flag;
import io.trailwarden.sinks.FindingSink;
import io.trailwarden.sinks.StdoutSink;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code run}: everything in one process, on real input. */
@Command(
        name = "run",
        mixinStandardHelpOptions = true,
        description = "Runs the whole pipeline in this process on files: reads, detects, stores, shows.",
        footer = {
            "",
            "Examples:",
            "  trailwarden run --once --input logs/ --data d           read, print a summary, exit",
            "  trailwarden run --once --json --input logs/ --data d    the same for scripts",
            "  trailwarden run --follow --input /var/log/aws           watch a folder until Ctrl-C",
            "  trailwarden run --once --input logs/ --fail-on high     exit code 3 if anything high was found"
        })
public final class RunCommand implements Callable<Integer> {

    private final Io io;

    @Spec
    CommandSpec spec;

    @Mixin
    ConfigOptions options = new ConfigOptions();

    @Mixin
    InputOptions inputs = new InputOptions();

    @Option(names = "--once", description = "Read the inputs to their end, settle, print a summary, exit.")
    boolean once;

    @Option(names = "--json", description = "Print JSON: the summary with --once, else one finding a line.")
    boolean json;

    @Option(names = "--port", paramLabel = "PORT", description = "The console's port; 0 takes a free one.")
    @Nullable
    String port;

    @Option(
            names = "--fail-on",
            paramLabel = "SEVERITY",
            description = "With --once: exit code 3 when a finding is this severe or worse.")
    @Nullable
    String failOn;

    public RunCommand(Io io) {
        this.io = io;
    }

    @Override
    public Integer call() throws Exception {
        Severity threshold = failOn == null ? null : Severities.parse(spec, "--fail-on", failOn);
        if (threshold != null && !once) {
            throw new ParameterException(spec.commandLine(), "--fail-on needs --once: a run without it has no end");
        }
        Configuration config = options.read(io, flags());
        if (once && !config.inputs().any()) {
            throw new ParameterException(
                    spec.commandLine(), "--once needs an input: --input PATH, or inputs or aws in the file");
        }
        return once ? runOnce(config, threshold) : runUntilStopped(config);
    }

    private Map<String, Flag> flags() {
        Map<String, Flag> flags = inputs.flags();
        InputOptions.port(flags, port);
        if (once) {
            flags.put("console.enabled", new Flag("--once", "false"));
            flags.put("follow", new Flag("--once", "false"));
        }
        return flags;
    }

    private int runOnce(Configuration config, @Nullable Severity threshold) throws IOException, InterruptedException {
        RunSummary summary;
        try (Stop stop = new Stop();
                Progress progress = new Progress(io)) {
            progress.say("starting");
            try (Pipeline pipeline =
                    Pipeline.start(config, ReferenceSources.of(config, io.clock()), List.of(), io.clock())) {
                long started = System.nanoTime();
                pipeline.read();
                Pipeline.Waiting waiting = (count, what) -> {
                    if (stop.asked()) {
                        throw new PipelineException("stopped; what is not stored is read again at the next run", null);
                    }
                    progress.say(String.format(Locale.ROOT, "%,d %s", count, what));
                };
                pipeline.awaitRead(waiting);
                long read = System.nanoTime();
                pipeline.settle(waiting);
                long settled = System.nanoTime();
                summary = RunSummary.of(
                        pipeline.archive(),
                        pipeline.progress(),
                        Duration.ofNanos(read - started),
                        Duration.ofNanos(settled - read),
                        pipeline.numbers());
            }
        }
        if (json) {
            io.out().println(JsonOut.document(summary.json()));
        } else {
            summary.print(io.out());
        }
        return threshold != null && summary.atLeast(threshold) > 0 ? ExitCode.FINDINGS : ExitCode.FINE;
    }

    private int runUntilStopped(Configuration config) throws InterruptedException {
        FindingSink terminal = json ? StdoutSink.json(io.out()) : StdoutSink.lines(io.out(), io.colour());
        List<FindingSink> more = config.sinks().names().contains(terminal.name()) || json || io.terminal()
                ? List.of(terminal)
                : List.of();
        try (Stop stop = new Stop();
                Pipeline pipeline = Pipeline.start(config, ReferenceSources.of(config, io.clock()), more, io.clock())) {
            pipeline.consoleUrl().ifPresent(url -> io.err().println("Console: " + url));
            io.err()
                    .println("Reading "
                            + (config.inputs().any() ? config.inputs().shown() : "nothing yet")
                            + (config.inputs().follow() ? ", following" : "") + ". Stop with Ctrl-C.");
            if (config.inputs().any()) {
                pipeline.read();
            }
            while (!stop.await(1, TimeUnit.SECONDS)) {
                pipeline.requireRunning();
            }
        }
        return ExitCode.FINE;
    }
}
