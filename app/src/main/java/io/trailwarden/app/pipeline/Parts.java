package io.trailwarden.app.pipeline;

import io.trailwarden.app.config.Configuration;
import io.trailwarden.console.ConsoleConfig;
import io.trailwarden.console.ConsoleSources;
import io.trailwarden.console.source.ArchiveSource;
import io.trailwarden.storage.Archive;
import io.trailwarden.storage.sql.SqlSettings;
import io.trailwarden.storage.sql.SqlWorkers;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Map;

/** The same parts for one process and for stages apart: what the configuration means for each. */
public final class Parts {

    private Parts() {}

    /** How the console runs. */
    public static ConsoleConfig console(Configuration config, Path store, Map<String, String> connection) {
        return new ConsoleConfig(config.console(), store, connection, System.getProperty("user.name", "analyst"));
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
