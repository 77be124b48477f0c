package io.trailwarden.app.reference;

import io.trailwarden.app.config.Configuration;
import java.time.Clock;
import java.util.List;

/** Every place where reference data is written down. */
public final class ReferenceSources {

    private ReferenceSources() {}

    public static List<ReferenceSource> of(Configuration config, Clock clock) {
        return List.of(
                new ReferenceFiles(config, clock),
                new RuleFolders(config.reference().rules(), config.reference().maturity(), clock));
    }
}
