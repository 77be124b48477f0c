package io.trailwarden.app.command.run;

import io.trailwarden.app.command.option.ConfigOptions;
import io.trailwarden.app.command.option.StageOptions;
import io.trailwarden.app.config.Configuration;
import io.trailwarden.app.metrics.Metrics;
import io.trailwarden.app.pipeline.DataDirectory;
import io.trailwarden.app.pipeline.DetectionRun;
import io.trailwarden.app.terminal.ExitCode;
import io.trailwarden.app.terminal.Io;
import io.trailwarden.app.terminal.Stop;
import io.trailwarden.embedded.EmbeddedFlink;
import io.trailwarden.storage.Archive;
import io.trailwarden.storage.maintenance.Maintenance;
import io.trailwarden.storage.maintenance.MaintenanceConfig;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code process}: the middle stage alone, here or on a Flink cluster. */
@Command(
        name = "process",
        mixinStandardHelpOptions = true,
        description = "Runs only the detection job against a real Kafka: in this process, or submitted to a Flink"
                + " cluster.",
        footer = {
            "",
            "Examples:",
            "  trailwarden process --kafka kafka:9092 --data /var/lib/trailwarden",
            "  trailwarden process --kafka kafka:9092 --jobmanager flink:8081 --jar trailwarden-job.jar \\",
            "      --checkpoints s3://bucket/checkpoints"
        })
public final class ProcessCommand implements Callable<Integer> {

    private final Io io;

    @Spec
    CommandSpec spec;

    @Mixin
    ConfigOptions options = new ConfigOptions();

    @Mixin
    StageOptions stage = new StageOptions();

    @Option(names = "--jobmanager", paramLabel = "HOST:PORT", description = "Submit to this cluster's REST address.")
    @Nullable
    String jobmanager;

    @Option(names = "--jar", paramLabel = "FILE", description = "The job's jar, for --jobmanager.")
    @Nullable
    Path jar;

    @Option(names = "--checkpoints", paramLabel = "URI", description = "Where the cluster keeps checkpoints.")
    @Nullable
    URI checkpoints;

    @Option(
            names = "--from",
            paramLabel = "URI",
            description = "A checkpoint or savepoint that the submitted job continues from.")
    @Nullable
    URI from;

    public ProcessCommand(Io io) {
        this.io = io;
    }

    @Override
    public Integer call() throws IOException, InterruptedException {
        Configuration config = options.read(io, stage.flags(Map.of()));
        if (jobmanager == null) {
            if (jar != null || checkpoints != null || from != null) {
                throw new ParameterException(
                        spec.commandLine(), "--jar, --checkpoints and --from need --jobmanager HOST:PORT");
            }
            return here(config);
        }
        if (jar == null || checkpoints == null || jobmanager.lastIndexOf(':') < 1) {
            throw new ParameterException(
                    spec.commandLine(), "--jobmanager HOST:PORT needs --jar FILE and --checkpoints URI");
        }
        Map<String, String> connection = StageOptions.connect(config);
        Optional<String> there = DetectionRun.submitted(jobmanager);
        if (there.isPresent()) {
            // Two of them would be one too many, and whatever supervises this command may run it again at any time.
            io.out().println("Already there as job " + there.get() + "; nothing was submitted");
            return ExitCode.FINE;
        }
        String id = DetectionRun.submit(
                config, connection, jobmanager, io.workingDirectory().resolve(jar), checkpoints, from);
        io.out().println("Submitted as job " + id);
        return ExitCode.FINE;
    }

    private int here(Configuration config) throws IOException, InterruptedException {
        Map<String, String> connection = StageOptions.connect(config);
        try (Stop stop = new Stop();
                Metrics metrics = Metrics.start(config.metricsListen());
                DataDirectory data = DataDirectory.lock(config.data());
                EmbeddedFlink flink =
                        EmbeddedFlink.start(data.flink(), config.processing().parallelism());
                DetectionRun run = DetectionRun.start(config, connection, flink);
                Archive archive = Archive.open(config.tables().archive());
                Maintenance maintenance = archive.maintenance(MaintenanceConfig.defaults(), io.clock())) {
            maintenance.start();
            metrics.stages(connection, io.clock());
            StageOptions.say(io, "The detection job runs on " + config.kafka().bootstrap() + ".");
            while (!stop.await(2, TimeUnit.SECONDS)) {
                run.requireRunning();
                run.dropEarlierCheckpoints();
            }
        }
        return ExitCode.FINE;
    }
}
