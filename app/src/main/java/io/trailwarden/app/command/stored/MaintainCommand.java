package io.trailwarden.app.command.stored;

import io.trailwarden.app.command.option.ConfigOptions;
import io.trailwarden.app.command.option.StageOptions;
import io.trailwarden.app.config.Configuration;
import io.trailwarden.app.pipeline.DataDirectory;
import io.trailwarden.app.pipeline.StoredTables;
import io.trailwarden.app.terminal.ExitCode;
import io.trailwarden.app.terminal.Io;
import io.trailwarden.app.terminal.Stop;
import io.trailwarden.event.text.VisibleText;
import io.trailwarden.storage.Archive;
import io.trailwarden.storage.maintenance.Maintenance;
import io.trailwarden.storage.maintenance.MaintenanceConfig;
import java.io.IOException;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code maintain}: looks after the tables of a job that runs on a cluster. */
@Command(
        name = "maintain",
        mixinStandardHelpOptions = true,
        description =
                "Merges small files of the tables, expires old snapshots and removes what nothing refers to; run and"
                        + " process do it by themselves.",
        footer = {
            "",
            "Examples:",
            "  trailwarden maintain                     beside a job on a Flink cluster, until Ctrl-C",
            "  trailwarden maintain --once --data d     one round, and what it did",
            "  trailwarden maintain --register          the catalog was lost, the tables' files are there"
        })
public final class MaintainCommand implements Callable<Integer> {

    private final Io io;

    @Mixin
    ConfigOptions options = new ConfigOptions();

    @Option(names = "--once", description = "One round, and exit.")
    boolean once;

    @Option(
            names = "--register",
            description = "Rebuilds a lost catalog from the tables' own files, and exits. Nothing may run meanwhile.")
    boolean register;

    public MaintainCommand(Io io) {
        this.io = io;
    }

    @Override
    public Integer call() throws IOException, InterruptedException {
        Configuration config = options.read(io);
        if (register) {
            return rebuild(config);
        }
        try (Stop stop = new Stop();
                Archive archive = StoredTables.open(config);
                Maintenance maintenance = archive.maintenance(MaintenanceConfig.defaults(), io.clock())) {
            if (once) {
                Maintenance.Report report = maintenance.runOnce();
                io.out()
                        .printf(
                                Locale.ROOT,
                                "%,d small files became %,d; %,d snapshots expired; %,d files nothing refers to removed.%n",
                                report.filesMerged(),
                                report.filesWritten(),
                                report.snapshotsExpired(),
                                report.orphansRemoved());
                return ExitCode.FINE;
            }
            maintenance.start();
            StageOptions.say(io, "Looking after the tables.");
            while (!stop.await(1, TimeUnit.SECONDS)) {
                // until asked to stop
            }
        }
        return ExitCode.FINE;
    }

    private int rebuild(Configuration config) throws IOException {
        try (DataDirectory held = DataDirectory.lock(config.data())) {
            Map<String, String> registered = Archive.register(config.tables().archive());
            registered.forEach((table, metadata) ->
                    io.out().println("Table " + table + " begins again with " + VisibleText.of(metadata)));
            io.out()
                    .println(
                            registered.isEmpty()
                                    ? "The catalog in " + held.root() + " knows every table; nothing was done."
                                    : "The catalog is rebuilt. See that nothing is missing: trailwarden ledger --verify");
        }
        return ExitCode.FINE;
    }
}
