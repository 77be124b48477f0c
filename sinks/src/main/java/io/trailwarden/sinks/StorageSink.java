package io.trailwarden.sinks;

import io.trailwarden.event.Finding;
import io.trailwarden.storage.findings.FindingTable;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.RejectedExecutionException;

/**
 * Findings into the table {@code finding_revisions}. What is stored already is left out, so delivering again changes
 * nothing. Waits a moment for company: every batch is a file and a commit.
 */
public final class StorageSink implements FindingSink {

    /** The sink's name, as the configuration knows it. */
    public static final String NAME = "storage";

    private static final Batching BATCHING = new Batching(5000, Duration.ofMillis(1000));

    private final FindingTable table;

    /** Stores into this table, which stays open when the sink is closed. */
    public StorageSink(FindingTable table) {
        this.table = table;
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public Batching batching() {
        return BATCHING;
    }

    @Override
    public List<Refused> deliver(List<Finding> batch) throws SinkUnavailableException {
        try {
            table.append(batch);
            return List.of();
        } catch (RejectedExecutionException e) {
            throw e; // Iceberg ends its threads when the process begins to end.
        } catch (IOException | RuntimeException e) {
            // Iceberg's catalogs throw unchecked types of many families; all of them mean: not now.
            throw new SinkUnavailableException("table finding_revisions: " + e.getMessage(), e);
        }
    }

    @Override
    public void close() {}
}
