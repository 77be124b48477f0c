package io.trailwarden.embedded;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.flink.api.common.JobID;
import org.apache.flink.api.common.JobStatus;
import org.apache.flink.runtime.checkpoint.CheckpointException;
import org.apache.flink.runtime.checkpoint.CheckpointFailureReason;
import org.apache.flink.runtime.jobmaster.JobResult;
import org.apache.flink.runtime.minicluster.MiniCluster;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A job running in an {@link EmbeddedFlink}. */
public final class FlinkJob {

    private static final Logger LOG = LoggerFactory.getLogger(FlinkJob.class);
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final MiniCluster cluster;
    private final JobID id;
    private final String name;

    FlinkJob(MiniCluster cluster, JobID id, String name) {
        this.cluster = cluster;
        this.id = id;
        this.name = name;
    }

    /** 32 lower-case hex digits, new for every submission. */
    public String id() {
        return id.toHexString();
    }

    /** Flink's word for how the job is, for example {@code RUNNING} or {@code RESTARTING}. */
    public String status() {
        return get(cluster.getJobStatus(id), PATIENCE, "its status").name();
    }

    /** Completes when the job ends; exceptionally with a {@link JobFailedException} when it failed. */
    public CompletableFuture<Void> ended() {
        return cluster.requestJobResult(id).thenAccept(result -> {
            if (result.getSerializedThrowable().isPresent()) {
                throw failed(result);
            }
        });
    }

    /**
     * Waits until a bounded job has read its input to the end.
     *
     * @throws JobFailedException when the job failed, or did not end in time
     */
    public void awaitEnd(Duration atMost) {
        JobResult result = get(cluster.requestJobResult(id), atMost, "its end");
        if (result.getSerializedThrowable().isPresent()) {
            throw failed(result);
        }
    }

    /**
     * Makes a checkpoint now, instead of at the next interval, and waits until it is complete. A job that is just
     * starting is waited for.
     *
     * @throws JobFailedException when there is none within a minute
     */
    public void checkpoint() {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (true) {
            try {
                get(cluster.triggerCheckpoint(id), PATIENCE, "a checkpoint");
                return;
            } catch (JobFailedException e) {
                if (!startingUp(e) || System.nanoTime() > deadline) {
                    throw e;
                }
                pause();
            }
        }
    }

    private static boolean startingUp(JobFailedException e) {
        return e.getCause() instanceof CheckpointException refused
                && refused.getCheckpointFailureReason() == CheckpointFailureReason.NOT_ALL_REQUIRED_TASKS_RUNNING;
    }

    /** Stops the job where it is; its checkpoints stay. Does nothing when it has ended. */
    public void cancel() {
        try {
            if (!get(cluster.getJobStatus(id), PATIENCE, "its status").isGloballyTerminalState()) {
                get(cluster.cancelJob(id), PATIENCE, "its cancellation");
                get(cluster.requestJobResult(id), PATIENCE, "its end");
            }
        } catch (JobFailedException e) {
            LOG.warn("Job {} did not stop cleanly", name, e);
        }
    }

    /** Waits until the job's state is restored, which is when a broken checkpoint shows. */
    void awaitInitialized(Duration atMost) {
        long deadline = System.nanoTime() + atMost.toNanos();
        JobStatus status = get(cluster.getJobStatus(id), atMost, "its status");
        while (status == JobStatus.INITIALIZING && System.nanoTime() < deadline) {
            pause();
            status = get(cluster.getJobStatus(id), atMost, "its status");
        }
        if (status == JobStatus.FAILED) {
            throw failed(get(cluster.requestJobResult(id), atMost, "its result"));
        }
    }

    private static void pause() {
        try {
            TimeUnit.MILLISECONDS.sleep(20);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new JobFailedException("Interrupted while a job starts", e);
        }
    }

    private JobFailedException failed(JobResult result) {
        Throwable cause = result.getSerializedThrowable()
                .<Throwable>map(serialized -> serialized.deserializeError(FlinkJob.class.getClassLoader()))
                .orElseGet(() -> new IllegalStateException("no cause given"));
        return new JobFailedException("Job " + name + " failed: " + deepest(cause), cause);
    }

    private static String deepest(Throwable cause) {
        Throwable t = cause;
        while (t.getCause() != null) {
            t = t.getCause();
        }
        return t.toString();
    }

    private <T> T get(CompletableFuture<T> future, Duration atMost, String what) {
        try {
            return future.get(atMost.toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException e) {
            throw new JobFailedException("Job " + name + " did not give " + what + ": " + deepest(e), e.getCause());
        } catch (TimeoutException e) {
            throw new JobFailedException(
                    "Job " + name + " did not give " + what + " within " + atMost.toSeconds() + " s", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new JobFailedException("Interrupted while waiting for job " + name, e);
        }
    }
}
