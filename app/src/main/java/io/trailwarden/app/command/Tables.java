package io.trailwarden.app.command;

import io.trailwarden.app.config.Configuration;
import io.trailwarden.app.pipeline.Parts;
import io.trailwarden.app.pipeline.PipelineException;
import io.trailwarden.storage.Archive;
import java.nio.file.Files;

/** Opens the tables for commands that only read. */
final class Tables {

    private Tables() {}

    /** The tables that are there; a directory without any is an error and not an empty answer. */
    static Archive open(Configuration config) {
        if (config.storage().catalog().isEmpty()
                && !Files.isDirectory(config.data().resolve("warehouse"))) {
            throw new PipelineException(
                    "no tables in " + config.data() + " (--data names the directory that run or demo used)", null);
        }
        return Archive.open(Parts.tables(config));
    }
}
