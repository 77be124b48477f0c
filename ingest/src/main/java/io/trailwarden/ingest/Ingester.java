package io.trailwarden.ingest;

import java.time.Duration;

/**
 * One source of audit records.
 *
 * <p>The contract, which {@code IngesterContract} tests for every implementation: whatever the source holds arrives in
 * Kafka at least once, wherever the process is killed; a record keeps its key in every delivery; what cannot be read
 * arrives as a rejected record; every object gets a receipt after its last record; what is stored is not read again.
 *
 * <p>One thread at a time calls {@link #pass}; the other methods may be called by any thread.
 */
public interface Ingester extends AutoCloseable {

    /** The configured name, which appears in every record's origin. */
    String source();

    /**
     * Goes once through what the source has now: reads what is neither stored nor on its way, publishes it, and returns
     * when Kafka has acknowledged it.
     *
     * @throws IngestException if the source or Kafka fails; what was sent so far may be sent again by the next pass
     */
    void pass() throws InterruptedException, IngestException;

    /** How long to wait after a pass at least; zero if looking again costs nothing. */
    default Duration interval() {
        return Duration.ZERO;
    }

    /** What was done since the start. */
    IngestProgress progress();

    /** Frees what it holds; does not wait for anything. */
    @Override
    void close();
}
