package io.trailwarden.storage.sql;

import io.trailwarden.storage.sql.QueryFailedException.Reason;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import org.jspecify.annotations.Nullable;

/** A query on its way. Thread-safe. */
public final class RunningQuery {

    private final CompletableFuture<QuerySummary> outcome = new CompletableFuture<>();
    private @Nullable Worker worker;
    private @Nullable QueryFailedException ended;

    RunningQuery() {}

    /** Waits for the end; the rows have gone to the consumer by then. */
    public QuerySummary await() throws QueryFailedException, InterruptedException {
        try {
            return outcome.get();
        } catch (ExecutionException e) {
            if (e.getCause() instanceof QueryFailedException failed) {
                throw failed;
            }
            throw new QueryFailedException(Reason.FAILED, String.valueOf(e.getCause()), e.getCause());
        }
    }

    /** Ends it now, by ending its process; without effect once it has ended. */
    public void cancel() {
        end(new QueryFailedException(Reason.CANCELLED, "The query was cancelled"));
    }

    synchronized void end(QueryFailedException why) {
        if (ended == null && !outcome.isDone()) {
            ended = why;
            if (worker != null) {
                worker.kill();
            }
        }
    }

    /** Ties it to its process; fails when it was ended before. */
    synchronized void runsOn(Worker process) throws QueryFailedException {
        if (ended != null) {
            throw ended;
        }
        worker = process;
    }

    /** Why it was ended from outside, if it was; from here on it can no longer be. */
    synchronized @Nullable QueryFailedException leave() {
        worker = null;
        return ended;
    }

    void succeed(QuerySummary summary) {
        outcome.complete(summary);
    }

    void fail(Throwable why) {
        outcome.completeExceptionally(why);
    }
}
