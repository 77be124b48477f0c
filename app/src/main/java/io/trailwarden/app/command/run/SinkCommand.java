package io.trailwarden.app.command.run;

import io.trailwarden.app.command.option.ConfigOptions;
import io.trailwarden.app.command.option.StageOptions;
import io.trailwarden.app.config.Configuration;
import io.trailwarden.app.metrics.Metrics;
import io.trailwarden.app.pipeline.KafkaDeadLetterTray;
import io.trailwarden.app.pipeline.Sinks;
import io.trailwarden.app.terminal.ExitCode;
import io.trailwarden.app.terminal.Io;
import io.trailwarden.app.terminal.Stop;
import io.trailwarden.settings.SettingsReader.Flag;
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
        Configuration config = options.read(io, stage.flags(flags()));
        Map<String, String> connection = StageOptions.connect(config);
        List<SinkRunner> runners = new ArrayList<>();
        try (Stop stop = new Stop();
                Metrics metrics = Metrics.start(config.metricsListen());
                Archive archive = Archive.open(config.tables().archive());
                KafkaDeadLetterTray tray = new KafkaDeadLetterTray(connection)) {
            Sinks sinks = new Sinks(config.sinks(), archive, io.out(), io.colour(), io.clock());
            try {
                for (String name : config.sinks().names()) {
                    runners.add(SinkRunner.start(sinks.of(name), tray, new HashMap<>(connection), io.clock()));
                }
                metrics.sinks(() -> runners.stream().map(SinkRunner::status).toList());
                StageOptions.say(
                        io,
                        "Delivering findings to "
                                + String.join(", ", config.sinks().names()) + ".");
                while (!stop.await(1, TimeUnit.SECONDS)) {
                    runners.forEach(Sinks::requireRunning);
                }
            } finally {
                runners.forEach(SinkRunner::close);
            }
        }
        return ExitCode.FINE;
    }

    /** What is named here is checked like the sinks of the file. */
    private Map<String, Flag> flags() {
        for (String name : names) {
            if (!Sinks.NAMES.contains(name)) {
                throw new ParameterException(
                        spec.commandLine(),
                        "sink: \"" + name + "\" (expected: one of " + String.join(", ", Sinks.NAMES) + ")");
            }
        }
        return names.isEmpty() ? Map.of() : Map.of("sinks", new Flag("SINK", String.join("\n", names)));
    }
}
