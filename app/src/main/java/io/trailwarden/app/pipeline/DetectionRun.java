package io.trailwarden.app.pipeline;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.trailwarden.app.config.Configuration;
import io.trailwarden.embedded.EmbeddedFlink;
import io.trailwarden.embedded.FlinkJob;
import io.trailwarden.embedded.JobFailedException;
import io.trailwarden.jobs.DetectionJob;
import io.trailwarden.jobs.DetectionSinks;
import io.trailwarden.jobs.DetectionSources;
import io.trailwarden.jobs.KafkaAccess;
import io.trailwarden.jobs.intake.Detection;
import io.trailwarden.jobs.operator.JobSettings;
import io.trailwarden.jobs.state.CheckpointFinder;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.apache.flink.configuration.StateRecoveryOptions;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The detection job at work in this process, continuing from the newest checkpoint of its Flink's directory. */
public final class DetectionRun implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(DetectionRun.class);

    /** States of a job that no longer does anything and never will. */
    private static final Set<String> OVER = Set.of("FINISHED", "CANCELED", "FAILED");

    private final EmbeddedFlink flink;
    private final FlinkJob job;
    private final CompletableFuture<Void> end;
    private boolean earlierDropped;

    private DetectionRun(EmbeddedFlink flink, FlinkJob job) {
        this.flink = flink;
        this.job = job;
        this.end = job.ended();
    }

    /**
     * Starts the job.
     *
     * @throws PipelineException when the tables cannot be opened, or there are checkpoints but none can be read
     */
    public static DetectionRun start(Configuration config, Map<String, String> connection, EmbeddedFlink flink) {
        StreamExecutionEnvironment environment = flink.environment();
        build(config, connection, flink.checkpoints().directory().toUri(), environment);
        return new DetectionRun(flink, flink.submit(environment, DetectionJob.NAME, newestCheckpoint(flink)));
    }

    /**
     * The id of the job that a cluster has already and has not given up.
     *
     * @param jobmanager {@code host:port} of its REST address
     * @throws PipelineException when it does not answer
     */
    public static Optional<String> submitted(String jobmanager) throws InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(URI.create("http://" + jobmanager + "/jobs/overview"))
                .timeout(Duration.ofSeconds(30))
                .build();
        try {
            HttpResponse<byte[]> response = HttpClient.newHttpClient().send(request, BodyHandlers.ofByteArray());
            if (response.statusCode() != 200) {
                throw new IOException("status " + response.statusCode());
            }
            for (JsonNode job : new ObjectMapper().readTree(response.body()).path("jobs")) {
                if (job.path("name").asText().equals(DetectionJob.NAME)
                        && !OVER.contains(job.path("state").asText())) {
                    return Optional.of(job.path("jid").asText());
                }
            }
            return Optional.empty();
        } catch (IOException e) {
            throw new PipelineException("the cluster at " + jobmanager + " does not say which jobs it has: " + e, e);
        }
    }

    /**
     * Submits the job to a cluster and returns its id.
     *
     * @param jobmanager {@code host:port} of its REST address
     * @param from the checkpoint or savepoint that it continues from; null: it begins anew
     */
    public static String submit(
            Configuration config,
            Map<String, String> connection,
            String jobmanager,
            Path jar,
            URI checkpoints,
            @Nullable URI from) {
        int colon = jobmanager.lastIndexOf(':');
        org.apache.flink.configuration.Configuration client = new org.apache.flink.configuration.Configuration();
        if (from != null) {
            client.set(StateRecoveryOptions.SAVEPOINT_PATH, from.toString());
            // An operator that this version has no longer must not keep it from starting.
            client.set(StateRecoveryOptions.SAVEPOINT_IGNORE_UNCLAIMED_STATE, true);
        }
        StreamExecutionEnvironment environment = StreamExecutionEnvironment.createRemoteEnvironment(
                jobmanager.substring(0, colon),
                Integer.parseInt(jobmanager.substring(colon + 1)),
                client,
                jar.toString());
        build(config, connection, checkpoints, environment);
        try {
            return environment.executeAsync(DetectionJob.NAME).getJobID().toHexString();
        } catch (Exception e) { // executeAsync declares it
            throw new PipelineException("the cluster at " + jobmanager + " did not take the job: " + e.getMessage(), e);
        }
    }

    private static void build(
            Configuration config,
            Map<String, String> connection,
            URI checkpoints,
            StreamExecutionEnvironment environment) {
        Map<String, String> properties = new HashMap<>(connection);
        String bootstrap = properties.remove("bootstrap.servers");
        KafkaAccess access = new KafkaAccess(bootstrap == null ? "" : bootstrap, properties);
        new DetectionJob(
                        DetectionSources.ofKafka(access),
                        DetectionSinks.ofKafka(access, config.tables().archive()),
                        Detection.standard(),
                        JobSettings.of(config.processing(), checkpoints))
                .build(environment);
    }

    private static @Nullable Path newestCheckpoint(EmbeddedFlink flink) {
        Path directory = flink.checkpoints().directory();
        CheckpointFinder.Found found;
        try {
            found = new CheckpointFinder(directory).newest();
        } catch (IOException e) {
            throw new PipelineException("checkpoints in " + directory + " cannot be listed: " + e.getMessage(), e);
        }
        if (found instanceof CheckpointFinder.Found.AllDamaged damaged) {
            throw new PipelineException(damaged.explanation(), null);
        }
        if (found instanceof CheckpointFinder.Found.Usable usable) {
            LOG.info("Continuing from checkpoint {}", usable.path());
            return usable.path();
        }
        return null;
    }

    /** Deletes what earlier runs left, once there is a checkpoint of this one. Cheap to call again and again. */
    public void dropEarlierCheckpoints() {
        earlierDropped = earlierDropped || flink.checkpoints().dropEarlierThan(job);
    }

    /** A checkpoint now instead of at the next interval; one that fails is made up for by the next. */
    void checkpointNow() {
        try {
            job.checkpoint();
        } catch (JobFailedException e) {
            LOG.debug("No checkpoint now", e);
        }
    }

    /**
     * Whether the job goes on.
     *
     * @throws PipelineException when it has ended
     */
    public void requireRunning() {
        if (!end.isDone()) {
            return;
        }
        try {
            end.join();
        } catch (CompletionException e) {
            Throwable cause = e.getCause() == null ? e : e.getCause();
            throw new PipelineException(String.valueOf(cause.getMessage()), cause);
        }
        throw new PipelineException("the detection job has ended", null);
    }

    /** Stops it where it is; its checkpoints stay. */
    @Override
    public void close() {
        job.cancel();
    }
}
