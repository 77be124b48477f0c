package io.trailwarden.sinks;

import io.trailwarden.event.Finding;
import java.util.List;

/**
 * A place where findings go: tables, a terminal, a queue, a web hook.
 *
 * <p>Delivery is at least once. After a crash or a failed attempt the same revisions come again, alone or with others,
 * and an older revision may come after a newer one; a sink that keeps findings must end with the highest revision of
 * each id, once. Called by one thread at a time.
 */
public interface FindingSink extends AutoCloseable {

    /** Stable; part of the consumer group, so a renamed sink delivers everything again. */
    String name();

    /** How many findings at once, and how long one may wait for others. */
    Batching batching();

    /**
     * Delivers a batch. When this returns, everything in it that was not refused is as durable as the place can make it.
     *
     * @param batch in the order of the topic, never empty
     * @return what this place will never take, and why; the rest is delivered
     * @throws SinkUnavailableException when none or only a part was delivered and the whole batch should come again later
     * @throws java.util.concurrent.RejectedExecutionException when the process is ending and has no threads left for this;
     *     the batch comes again at the next start
     */
    List<Refused> deliver(List<Finding> batch) throws SinkUnavailableException;

    @Override
    void close();

    /** A finding that this place will never take, for example because it is too large. */
    record Refused(Finding finding, String reason) {}
}
