package io.trailwarden.app.command.stored;

import io.trailwarden.app.command.option.ConfigOptions;
import io.trailwarden.app.command.option.Severities;
import io.trailwarden.app.config.Configuration;
import io.trailwarden.app.pipeline.LiveFindings;
import io.trailwarden.app.pipeline.Running;
import io.trailwarden.app.terminal.ExitCode;
import io.trailwarden.app.terminal.Io;
import io.trailwarden.app.terminal.Stop;
import io.trailwarden.event.Severity;
import io.trailwarden.sinks.StdoutSink;
import java.io.IOException;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code tail}: findings as they come. */
@Command(
        name = "tail",
        mixinStandardHelpOptions = true,
        description = "Prints findings as they come, from a pipeline that runs on the same data directory or Kafka.",
        footer = {
            "",
            "Examples:",
            "  trailwarden tail --data d                    of a run or demo in another terminal",
            "  trailwarden tail --severity high --json      for scripts, one finding a line"
        })
public final class TailCommand implements Callable<Integer> {

    private final Io io;

    @Spec
    CommandSpec spec;

    @Mixin
    ConfigOptions options = new ConfigOptions();

    @Option(names = "--severity", paramLabel = "SEVERITY", description = "Only this severe or worse.")
    @Nullable
    String severity;

    @Option(names = "--json", description = "One JSON object a line.")
    boolean json;

    public TailCommand(Io io) {
        this.io = io;
    }

    @Override
    public Integer call() throws IOException, InterruptedException {
        Severity least = severity == null ? Severity.INFORMATIONAL : Severities.parse(spec, "--severity", severity);
        Configuration config = options.read(io);
        try (Stop stop = new Stop();
                LiveFindings live = new LiveFindings(Running.connection(config))) {
            io.err().println("Waiting for findings. Stop with Ctrl-C.");
            while (!stop.asked() && !io.out().checkError()) {
                live.poll(finding -> {
                    if (finding.detection().severity().compareTo(least) >= 0) {
                        io.out().println(json ? StdoutSink.json(finding) : StdoutSink.line(finding, io.colour()));
                    }
                });
            }
        }
        return ExitCode.FINE;
    }
}
