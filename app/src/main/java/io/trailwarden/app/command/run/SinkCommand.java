package io.trailwarden.app.command.run;

import io.trailwarden.app.command.option.ConfigOptions;
import io.trailwarden.app.command.option.StageOptions;
import io.trailwarden.app.config.Configuration;
import io.trailwarden.app.metrics.Metrics;
import io.trailwarden.app.pipeline.KafkaDeadLetterTray;
import io.trailwarden.app.pipeline.Parts;
import io.trailwarden.app.pipeline.Sinks;
import io.trailwarden.app.terminal.ExitCode;
import io.trailwarden.app.terminal.Io;
import io.trailwarden.app.terminal.Stop;
import io.trailwarden.sinks.FindingSink;
import io.trailwarden.sinks.SinkRunner;
import io.trailwarden.storage.Archive;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code sink}: the last stage alone. */
@Command(
        name = "sink",
        mixinStandardHelpOptions = true,
        description = "Runs only the last stage: findings from a real Kafka to where they belong.",
        footer = {
            "",
            "Examples:",
            "  trailwarden sink --kafka kafka:9092            the sinks of the configuration",
            "  trailwarden sink --kafka kafka:9092 storage    one of them"
        })
public final class SinkCommand implements Callable<Integer> {

    private final Io io;

    @Spec
    CommandSpec spec;

    @Mixin
    ConfigOptions options = new ConfigOptions();

    @Mixin
    StageOptions stage = new StageOptions();

    @Parameters(
            paramLabel = "SINK",
            arity = "0..*",
            description = "storage, stdout, sns, webhook or security-hub; else those configured.")
    List<String> names = List.of();

    public SinkCommand(Io io) {
        this.io = io;
    }

    @Override
    public Integer call() throws IOException, InterruptedException {
        Configuration config = options.read(io, stage.flags(Map.of()));
        List<String> wanted = names.isEmpty() ? config.sinks() : names;
        Map<String, String> connection = StageOptions.connect(config);
        List<SinkRunner> runners = new ArrayList<>();
        try (Stop stop = new Stop();
                Metrics metrics = Metrics.start(config.metricsListen());
                Archive archive = Archive.open(Parts.tables(config));
                KafkaDeadLetterTray tray = new KafkaDeadLetterTray(connection)) {
            Sinks sinks = new Sinks(config, archive, io.out(), io.colour(), io.clock());
            try {
                for (String name : wanted) {
                    runners.add(SinkRunner.start(sink(sinks, name), tray, new HashMap<>(connection), io.clock()));
                }
                metrics.sinks(() -> runners.stream().map(SinkRunner::status).toList());
                StageOptions.say(io, "Delivering findings to " + String.join(", ", wanted) + ".");
                while (!stop.await(1, TimeUnit.SECONDS)) {
                    // until asked to stop
                }
            } finally {
                runners.forEach(SinkRunner::close);
            }
        }
        return ExitCode.FINE;
    }

    private FindingSink sink(Sinks sinks, String name) {
        try {
            return sinks.of(name);
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), e.getMessage());
        }
    }
}
