package io.trailwarden.app.command;

import io.trailwarden.app.config.Configuration;
import io.trailwarden.app.reference.ReferenceFiles;
import io.trailwarden.app.reference.ReferenceSource;
import io.trailwarden.app.reference.RuleFolders;
import io.trailwarden.app.terminal.Io;
import java.util.List;

/** Every place where reference data is written down. */
final class References {

    private References() {}

    static List<ReferenceSource> of(Configuration config, Io io) {
        return List.of(
                new ReferenceFiles(config, io.clock()), new RuleFolders(config.rules(), config.maturity(), io.clock()));
    }
}
