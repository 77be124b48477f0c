package io.trailwarden.embedded;

import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.flink.api.common.JobID;
import org.apache.flink.configuration.BlobServerOptions;
import org.apache.flink.configuration.CheckpointingOptions;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.CoreOptions;
import org.apache.flink.configuration.ExternalizedCheckpointRetention;
import org.apache.flink.configuration.JobManagerOptions;
import org.apache.flink.configuration.MemorySize;
import org.apache.flink.configuration.MetricOptions;
import org.apache.flink.configuration.PipelineOptions;
import org.apache.flink.configuration.RestOptions;
import org.apache.flink.configuration.RpcOptions;
import org.apache.flink.configuration.StateRecoveryOptions;
import org.apache.flink.configuration.TaskManagerOptions;
import org.apache.flink.configuration.WebOptions;
import org.apache.flink.core.execution.RecoveryClaimMode;
import org.apache.flink.runtime.jobgraph.SavepointRestoreSettings;
import org.apache.flink.runtime.minicluster.MiniCluster;
import org.apache.flink.runtime.minicluster.MiniClusterConfiguration;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.graph.StreamGraph;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A Flink cluster in this process: one job manager, one task manager, no page and nothing to submit jobs to from
 * outside.
 *
 * <p>Checkpoints are written below {@code <directory>/checkpoints} and stay when the process ends in any way.
 *
 * <p>Flink insists on its REST endpoint; it gets a random loopback port where nobody is answered ({@link SilentRest}).
 */
public final class EmbeddedFlink implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(EmbeddedFlink.class);
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final MiniCluster cluster;
    private final Configuration jobDefaults;
    private final Checkpoints checkpoints;

    private EmbeddedFlink(MiniCluster cluster, Configuration jobDefaults, Checkpoints checkpoints) {
        this.cluster = cluster;
        this.jobDefaults = jobDefaults;
        this.checkpoints = checkpoints;
    }

    /**
     * Starts the cluster and returns when it takes jobs.
     *
     * @param directory checkpoints and scratch files
     * @param slots how many subtasks run side by side
     * @throws EmbeddedStartException when it does not start
     */
    public static EmbeddedFlink start(Path directory, int slots) {
        Path absolute = directory.toAbsolutePath();
        Configuration config = clusterConfiguration(absolute);
        MiniCluster cluster = new MiniCluster(new MiniClusterConfiguration.Builder()
                .setConfiguration(config)
                .setNumTaskManagers(1)
                .setNumSlotsPerTaskManager(slots)
                .build());
        try {
            cluster.start();
            // Closed while its resource manager is still starting, Flink 2.1 locks itself up.
            cluster.requestClusterOverview().get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
        } catch (Exception e) { // MiniCluster.start declares it
            cluster.closeAsync();
            throw new EmbeddedStartException("Flink did not start in " + absolute + ": " + e.getMessage(), e);
        }
        Checkpoints checkpoints = new Checkpoints(absolute.resolve("checkpoints"));
        return new EmbeddedFlink(cluster, jobConfiguration(checkpoints.directory(), slots), checkpoints);
    }

    /** An environment with this cluster's defaults: parallelism, checkpoint directory, retention. */
    public StreamExecutionEnvironment environment() {
        return new StreamExecutionEnvironment(new Configuration(jobDefaults));
    }

    /**
     * Submits the job built in the environment, without any state.
     *
     * @param environment from {@link #environment()}, with the job in it
     */
    public FlinkJob submit(StreamExecutionEnvironment environment, String name) {
        return submit(environment, name, null);
    }

    /**
     * Submits the job built in the environment, continuing from a checkpoint. State of operators that the job no longer
     * has is dropped. The checkpoint stays the caller's: its files may go once the job has one of its own.
     *
     * @param environment from {@link #environment()}, with the job in it
     * @param checkpoint directory of a complete checkpoint; null: no state
     * @throws JobFailedException when the job is refused, or the checkpoint cannot be restored
     */
    public FlinkJob submit(StreamExecutionEnvironment environment, String name, @Nullable Path checkpoint) {
        return submit(environment.getStreamGraph(false), name, checkpoint);
    }

    /** The checkpoints of this cluster's directory. */
    public Checkpoints checkpoints() {
        return checkpoints;
    }

    /** Stops all jobs where they are and the cluster. Checkpoints stay. */
    @Override
    public void close() {
        try {
            cluster.closeAsync().get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
        } catch (ExecutionException | TimeoutException e) {
            LOG.warn("Flink did not stop cleanly", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private FlinkJob submit(StreamGraph graph, String name, @Nullable Path checkpoint) {
        JobID id = new JobID();
        graph.setJobName(name);
        graph.setJobId(id);
        graph.setSavepointRestoreSettings(
                checkpoint == null
                        ? SavepointRestoreSettings.none()
                        : SavepointRestoreSettings.forPath(literal(checkpoint), true, RecoveryClaimMode.NO_CLAIM));
        try {
            cluster.submitJob(graph).get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            Throwable cause = e.getCause();
            throw new JobFailedException(
                    "Job " + name + " was refused: " + (cause == null ? e : cause).getMessage(), cause);
        } catch (TimeoutException e) {
            throw new JobFailedException("Job " + name + " was not taken within " + PATIENCE.toSeconds() + " s", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new JobFailedException("Interrupted while submitting job " + name, e);
        }
        FlinkJob job = new FlinkJob(cluster, id, name);
        job.awaitInitialized(PATIENCE);
        return job;
    }

    private static Configuration clusterConfiguration(Path directory) {
        String scratch = directory.resolve("scratch").toString();
        Configuration c = new Configuration();
        c.set(CoreOptions.TMP_DIRS, scratch);
        c.set(BlobServerOptions.STORAGE_DIRECTORY, scratch);
        c.set(JobManagerOptions.BIND_HOST, "127.0.0.1");
        c.set(JobManagerOptions.ADDRESS, "127.0.0.1");
        c.set(TaskManagerOptions.BIND_HOST, "127.0.0.1");
        c.set(TaskManagerOptions.HOST, "127.0.0.1");
        c.set(RestOptions.ADDRESS, "127.0.0.1");
        c.set(RestOptions.BIND_ADDRESS, "127.0.0.1");
        c.set(RestOptions.BIND_PORT, "0");
        c.set(RestOptions.SERVER_NUM_THREADS, 1);
        c.set(SilentRest.SILENT, true);
        c.set(WebOptions.SUBMIT_ENABLE, false);
        c.set(WebOptions.CANCEL_ENABLE, false);
        c.set(WebOptions.RESCALE_ENABLE, false);
        c.set(TaskManagerOptions.NETWORK_MEMORY_MIN, MemorySize.ofMebiBytes(48));
        c.set(TaskManagerOptions.NETWORK_MEMORY_MAX, MemorySize.ofMebiBytes(48));
        c.set(TaskManagerOptions.MANAGED_MEMORY_SIZE, MemorySize.ofMebiBytes(128));
        c.set(RpcOptions.FORK_JOIN_EXECUTOR_PARALLELISM_MIN, 2);
        c.set(RpcOptions.FORK_JOIN_EXECUTOR_PARALLELISM_MAX, 4);
        c.set(CheckpointingOptions.MAX_RETAINED_CHECKPOINTS, 2);
        c.set(MetricOptions.SYSTEM_RESOURCE_METRICS, false);
        return c;
    }

    private static Configuration jobConfiguration(Path checkpoints, int slots) {
        Configuration c = new Configuration();
        c.set(CoreOptions.DEFAULT_PARALLELISM, slots);
        c.set(PipelineOptions.MAX_PARALLELISM, 128);
        c.set(CheckpointingOptions.CHECKPOINT_STORAGE, "filesystem");
        c.set(CheckpointingOptions.CHECKPOINTS_DIRECTORY, literal(checkpoints));
        c.set(
                CheckpointingOptions.EXTERNALIZED_CHECKPOINT_RETENTION,
                ExternalizedCheckpointRetention.RETAIN_ON_CANCELLATION);
        c.set(StateRecoveryOptions.SAVEPOINT_IGNORE_UNCLAIMED_STATE, true);
        // Only a job that keeps its state in RocksDB takes it; else two slots have 64 MB each.
        c.setString("state.backend.rocksdb.memory.fixed-per-slot", "256mb");
        // A newcomer is looked for in every file that may have it; a filter says of nearly all that they do not.
        c.setString("state.backend.rocksdb.use-bloom-filter", "true");
        return c;
    }

    /** Flink takes a text literally: an escaped space would become a folder with a per cent sign in its name. */
    private static String literal(Path path) {
        return new org.apache.flink.core.fs.Path(path.toUri()).toString();
    }
}
