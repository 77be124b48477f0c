package io.trailwarden.app.command.stored;

import io.trailwarden.app.command.option.ConfigOptions;
import io.trailwarden.app.config.Configuration;
import io.trailwarden.app.pipeline.Parts;
import io.trailwarden.app.pipeline.StoredTables;
import io.trailwarden.app.terminal.ExitCode;
import io.trailwarden.app.terminal.Io;
import io.trailwarden.app.terminal.Progress;
import io.trailwarden.app.terminal.QueryOutput;
import io.trailwarden.app.terminal.Stop;
import io.trailwarden.storage.Archive;
import io.trailwarden.storage.sql.QueryFailedException;
import io.trailwarden.storage.sql.QuerySummary;
import io.trailwarden.storage.sql.RunningQuery;
import io.trailwarden.storage.sql.SqlSettings;
import io.trailwarden.storage.sql.SqlWorkers;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code query}: one SELECT over the tables, in a confined process. */
@Command(
        name = "query",
        mixinStandardHelpOptions = true,
        description = "Runs one SELECT over cloudtrail, executions, findings, finding_revisions, duplicates,"
                + " dead_letters, receipts and ledger.",
        footer = {
            "",
            "Examples:",
            "  trailwarden query \"SELECT event_name, count(*) AS calls FROM cloudtrail GROUP BY 1 ORDER BY 2 DESC\"",
            "  trailwarden query --format csv \"SELECT * FROM findings\" > findings.csv",
            "  trailwarden query --format parquet --show-secrets --out calls.parquet \"SELECT * FROM cloudtrail\""
        })
public final class QueryCommand implements Callable<Integer> {

    private final Io io;

    @Spec
    CommandSpec spec;

    @Mixin
    ConfigOptions options = new ConfigOptions();

    @Parameters(paramLabel = "SELECT", description = "The query, as one argument.")
    String sql = "";

    @Option(
            names = "--format",
            paramLabel = "FORMAT",
            defaultValue = "table",
            description = "table, csv, json (one object a line) or parquet; table unless said otherwise.")
    String format = "table";

    @Option(names = "--json", description = "The same as --format json.")
    boolean json;

    @Option(names = "--out", paramLabel = "FILE", description = "Where --format parquet writes.")
    @Nullable
    Path out;

    @Option(
            names = "--show-secrets",
            description = "Print passwords, tokens and keys too; --format parquet always holds them and needs this.")
    boolean showSecrets;

    @Option(
            names = "--limit",
            paramLabel = "ROWS",
            description = "At most so many rows; without it 10,000 on a terminal, all in a file or pipe.")
    @Nullable
    Long limit;

    public QueryCommand(Io io) {
        this.io = io;
    }

    @Override
    public Integer call() throws IOException, InterruptedException {
        QueryOutput.Format wanted = format();
        if (wanted == QueryOutput.Format.PARQUET && out == null) {
            throw new ParameterException(spec.commandLine(), "--format parquet needs --out FILE");
        }
        if (wanted == QueryOutput.Format.PARQUET && !showSecrets) {
            throw new ParameterException(
                    spec.commandLine(), "--format parquet holds values as they are stored: add --show-secrets");
        }
        if (limit != null && limit < 1) {
            throw new ParameterException(spec.commandLine(), "--limit: " + limit + " (expected: 1 or more)");
        }
        Configuration config = options.read(io);
        SqlSettings settings = Parts.sql(config).withWorkers(1);
        long rows = limit != null
                ? limit
                : wanted == QueryOutput.Format.TABLE ? settings.result().rows() : Long.MAX_VALUE;
        settings = settings.withResult(rows, Long.MAX_VALUE);
        QuerySummary summary;
        QueryOutput output;
        try (Stop stop = new Stop();
                Progress progress = new Progress(io);
                Archive archive = StoredTables.open(config);
                SqlWorkers workers = SqlWorkers.start(archive, settings)) {
            progress.say("starting");
            output = new QueryOutput(io.out(), wanted, showSecrets);
            RunningQuery query = wanted == QueryOutput.Format.PARQUET && out != null
                    ? workers.exportParquet(
                            sql, settings, io.workingDirectory().resolve(out).toAbsolutePath())
                    : workers.start(sql, settings, output);
            Thread watcher = new Thread(() -> watch(stop, progress, query), "query-watch");
            watcher.setDaemon(true);
            watcher.start();
            summary = query.await();
            watcher.interrupt();
            output.end();
        } catch (QueryFailedException e) {
            throw new IOException("query: " + e.getMessage(), e);
        }
        if (summary.truncated() != null) {
            io.err().println("There is more: " + summary.truncated());
        }
        if (output.hidden() > 0) {
            io.err().printf(Locale.ROOT, "Hidden secrets: %,d; --show-secrets prints them.%n", output.hidden());
        }
        if (wanted == QueryOutput.Format.TABLE || wanted == QueryOutput.Format.PARQUET) {
            io.err()
                    .printf(
                            Locale.ROOT,
                            "%,d rows in %.1f s%n",
                            summary.rows(),
                            summary.elapsed().toMillis() / 1000.0);
        }
        return ExitCode.FINE;
    }

    /** Shows that something happens, and ends the query on Ctrl-C. */
    private static void watch(Stop stop, Progress progress, RunningQuery query) {
        try {
            while (!stop.await(500, java.util.concurrent.TimeUnit.MILLISECONDS)) {
                progress.say("running");
            }
            query.cancel();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private QueryOutput.Format format() {
        if (json) {
            return QueryOutput.Format.JSON;
        }
        for (QueryOutput.Format one : QueryOutput.Format.values()) {
            if (one.name().toLowerCase(Locale.ROOT).equals(format)) {
                return one;
            }
        }
        throw new ParameterException(
                spec.commandLine(), "--format: \"" + format + "\" (expected: one of table, csv, json, parquet)");
    }
}
