package io.trailwarden.app.pipeline;

import io.trailwarden.app.config.Configuration;
import io.trailwarden.console.ConsoleConfig;
import io.trailwarden.console.ConsoleSources;
import io.trailwarden.console.source.ArchiveSource;
import io.trailwarden.jobs.operator.JobSettings;
import io.trailwarden.storage.Archive;
import io.trailwarden.storage.catalog.ArchiveConfig;
import io.trailwarden.storage.sql.SqlSettings;
import io.trailwarden.storage.sql.SqlWorkers;
import java.net.URI;
import java.nio.file.Path;
import java.time.Clock;
import java.util.HashSet;
import java.util.Map;

/** The same parts for one process and for stages apart: what the configuration means for each. */
public final class Parts {

    private Parts() {}

    /** Where the tables are. */
    public static ArchiveConfig tables(Configuration config) {
        return config.storage().catalog().isEmpty()
                ? ArchiveConfig.local(config.data())
                : ArchiveConfig.of(config.storage().catalog());
    }

    /** How the job runs. */
    public static JobSettings jobSettings(Configuration config, URI checkpoints) {
        Configuration.Processing wanted = config.processing();
        return JobSettings.local(wanted.parallelism(), checkpoints)
                .withCheckpointInterval(wanted.checkpointInterval())
                .withDisorder(wanted.disorder())
                .withMaxKeysPerDetector(wanted.maxKeys())
                .withStateBackend(
                        wanted.stateBackend() == Configuration.Backend.ROCKSDB
                                ? JobSettings.StateBackend.ROCKSDB
                                : JobSettings.StateBackend.HEAP);
    }

    /** How the console runs. */
    public static ConsoleConfig console(Configuration config, Path store, Map<String, String> connection) {
        Configuration.Console wanted = config.console();
        return new ConsoleConfig(
                wanted.host(),
                wanted.port(),
                store,
                connection,
                wanted.token().isEmpty() ? null : wanted.token(),
                new HashSet<>(wanted.hostNames()),
                System.getProperty("user.name", "analyst"));
    }

    /** Limits of analysts' SQL; its scratch files lie on the disk of the tables. */
    public static SqlSettings sql(Configuration config) {
        return SqlSettings.defaults(config.data().resolve("sql"));
    }

    /**
     * Whom the console asks.
     *
     * @param own for evidence and dead letters; {@link #ownQuestions} are its limits
     * @param analysts for what people write themselves
     */
    public static ConsoleSources consoleSources(
            Archive archive, SqlWorkers own, SqlWorkers analysts, SqlSettings sql, Clock clock) {
        return ConsoleSources.of(new ArchiveSource(archive, own, analysts, sql, clock), null);
    }

    /** Limits of the console's own short questions, which do not wait behind analysts' long ones. */
    public static SqlSettings ownQuestions(SqlSettings sql) {
        return sql.withWorkers(1);
    }
}
