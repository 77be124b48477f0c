package io.trailwarden.ingest.custody;

import io.trailwarden.event.Receipt;
import io.trailwarden.ingest.IngestException;
import java.util.Map;
import java.util.function.Consumer;

/** Everything that ingesters say they have read: topic {@code audit.receipts}, or a test's memory. */
public interface ReceiptLog extends AutoCloseable {

    /**
     * Hands over the receipts behind these offsets that are there now.
     *
     * @param from for each partition the offset of the first that is wanted; all of a partition that is not among them, or
     *     whose log is another one now
     * @return the offsets of those to come
     * @throws IngestException if that cannot be read now
     */
    Map<Integer, Long> read(Map<Integer, Long> from, Consumer<Receipt> receipts)
            throws IngestException, InterruptedException;

    @Override
    void close();
}
