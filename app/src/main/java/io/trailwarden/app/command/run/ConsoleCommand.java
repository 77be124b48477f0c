package io.trailwarden.app.command.run;

import io.trailwarden.app.command.option.ConfigOptions;
import io.trailwarden.app.command.option.InputOptions;
import io.trailwarden.app.command.option.StageOptions;
import io.trailwarden.app.config.Configuration;
import io.trailwarden.app.metrics.Metrics;
import io.trailwarden.app.pipeline.Parts;
import io.trailwarden.app.pipeline.Running;
import io.trailwarden.app.pipeline.StoredTables;
import io.trailwarden.app.terminal.ExitCode;
import io.trailwarden.app.terminal.Io;
import io.trailwarden.app.terminal.Stop;
import io.trailwarden.console.Console;
import io.trailwarden.storage.Archive;
import io.trailwarden.storage.sql.SqlSettings;
import io.trailwarden.storage.sql.SqlWorkers;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code console}: the pages alone. */
@Command(
        name = "console",
        mixinStandardHelpOptions = true,
        description = "Runs only the console: over a real Kafka and the tables, or over what a data directory holds.",
        footer = {
            "",
            "Examples:",
            "  trailwarden console --data d                        look at what a run has stored",
            "  trailwarden console --kafka kafka:9092 --port 0     live, beside stages run apart"
        })
public final class ConsoleCommand implements Callable<Integer> {

    private final Io io;

    @Mixin
    ConfigOptions options = new ConfigOptions();

    @Mixin
    StageOptions stage = new StageOptions();

    @Option(names = "--port", paramLabel = "PORT", description = "The console's port; 0 takes a free one.")
    @Nullable
    String port;

    public ConsoleCommand(Io io) {
        this.io = io;
    }

    @Override
    public Integer call() throws IOException, InterruptedException {
        Map<String, io.trailwarden.settings.SettingsReader.Flag> flags = new LinkedHashMap<>();
        InputOptions.port(flags, port);
        Configuration config = options.read(io, stage.flags(flags));
        Optional<Running> running = config.kafka().embedded() ? Running.find(config.data()) : Optional.empty();
        if (running.isPresent() && !running.get().console().isEmpty()) {
            io.out()
                    .println("Process " + running.get().pid() + " serves it: "
                            + running.get().console());
            return ExitCode.FINE;
        }
        Map<String, String> connection = config.kafka().embedded() ? Map.of() : StageOptions.connect(config);
        SqlSettings sql = Parts.sql(config);
        try (Stop stop = new Stop();
                Metrics metrics = Metrics.start(config.metricsListen());
                Archive archive = config.kafka().embedded()
                        ? StoredTables.open(config)
                        : Archive.open(config.tables().archive());
                SqlWorkers own = SqlWorkers.start(archive, Parts.ownQuestions(sql));
                SqlWorkers workers = SqlWorkers.start(archive, sql);
                Console console = Console.start(
                        Parts.console(config, config.data().resolve("console.sqlite"), connection),
                        Parts.consoleSources(archive, own, workers, sql, io.clock()),
                        io.clock())) {
            if (!connection.isEmpty()) {
                metrics.stages(connection, io.clock());
            }
            StageOptions.say(io, "Console: " + console.loginUrl() + ".");
            while (!stop.await(1, TimeUnit.SECONDS)) {
                // until asked to stop
            }
        }
        return ExitCode.FINE;
    }
}
