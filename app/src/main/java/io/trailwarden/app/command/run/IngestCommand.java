package io.trailwarden.app.command.run;

import io.trailwarden.app.command.option.ConfigOptions;
import io.trailwarden.app.command.option.InputOptions;
import io.trailwarden.app.command.option.StageOptions;
import io.trailwarden.app.config.Configuration;
import io.trailwarden.app.metrics.Metrics;
import io.trailwarden.app.pipeline.DataDirectory;
import io.trailwarden.app.pipeline.Intake;
import io.trailwarden.app.reference.ReferencePublisher;
import io.trailwarden.app.reference.ReferenceSources;
import io.trailwarden.app.terminal.ExitCode;
import io.trailwarden.app.terminal.Io;
import io.trailwarden.app.terminal.Progress;
import io.trailwarden.app.terminal.Stop;
import io.trailwarden.ingest.IngestProgress;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code ingest}: the first stage alone. */
@Command(
        name = "ingest",
        mixinStandardHelpOptions = true,
        description = "Runs only the first stage: reads the inputs into a real Kafka, and publishes reference data.",
        footer = {
            "",
            "Examples:",
            "  trailwarden ingest --kafka kafka:9092 --input /var/log/aws --follow --data /var/lib/trailwarden",
            "  trailwarden ingest --kafka kafka:9092 --input logs/ --once"
        })
public final class IngestCommand implements Callable<Integer> {

    private final Io io;

    @Mixin
    ConfigOptions options = new ConfigOptions();

    @Mixin
    StageOptions stage = new StageOptions();

    @Mixin
    InputOptions inputs = new InputOptions();

    @Option(names = "--once", description = "Read the inputs to their end, wait until they are stored, exit.")
    boolean once;

    public IngestCommand(Io io) {
        this.io = io;
    }

    @Override
    public Integer call() throws InterruptedException {
        Configuration config = options.read(io, stage.flags(inputs.flags()));
        Map<String, String> connection = StageOptions.connect(config);
        try (Stop stop = new Stop();
                Metrics metrics = Metrics.start(config.metricsListen());
                Progress progress = new Progress(io);
                DataDirectory data = DataDirectory.lock(config.data());
                ReferencePublisher reference = ReferencePublisher.start(
                        ReferenceSources.of(config, io.clock()), data.publishedReference(), connection, io.clock());
                Intake intake = Intake.start(config, data.positions(), reference, connection, io.clock())) {
            metrics.ingest(intake::progress);
            StageOptions.say(
                    io,
                    "Reading " + config.inputs().shown() + " into "
                            + config.kafka().bootstrap() + ".");
            if (once) {
                intake.awaitRead();
                while (!intake.awaitStored(java.time.Duration.ofSeconds(1)) && !stop.asked()) {
                    progress.say(intake.progress().records() + " records read, waiting until they are stored");
                }
            } else {
                while (!stop.await(1, TimeUnit.SECONDS)) {
                    intake.requireReading();
                    reference.look();
                    progress.say(intake.progress().records() + " records read");
                }
            }
            IngestProgress read = intake.progress();
            io.err()
                    .printf(
                            Locale.ROOT,
                            "Read %,d records from %,d objects; %,d were known.%n",
                            read.records(),
                            read.objects(),
                            read.skipped());
        }
        return ExitCode.FINE;
    }
}
