package io.trailwarden.app.pipeline;

import io.trailwarden.app.config.Configuration;
import io.trailwarden.storage.Archive;
import java.nio.file.Files;

/** Opens the tables for commands that only read. */
public final class StoredTables {

    private StoredTables() {}

    /** The tables that are there; a directory without any is an error and not an empty answer. */
    public static Archive open(Configuration config) {
        if (config.tables().local() && !Files.isDirectory(config.data().resolve("warehouse"))) {
            throw new PipelineException(
                    "no tables in " + config.data() + " (--data names the directory that run or demo used)", null);
        }
        return Archive.open(config.tables().archive());
    }
}
