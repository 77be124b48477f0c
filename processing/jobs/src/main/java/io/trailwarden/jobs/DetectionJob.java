package io.trailwarden.jobs;

import io.trailwarden.detection.Signal;
import io.trailwarden.event.Finding;
import io.trailwarden.event.JobStatus;
import io.trailwarden.jobs.archive.ArchiveCommitter;
import io.trailwarden.jobs.detect.DetectorFactory;
import io.trailwarden.jobs.detect.DetectorOperator;
import io.trailwarden.jobs.detect.DetectorTypes;
import io.trailwarden.jobs.detect.RecentFindings;
import io.trailwarden.jobs.intake.Detection;
import io.trailwarden.jobs.intake.IntakeFactory;
import io.trailwarden.jobs.intake.IntakeOperator;
import io.trailwarden.jobs.operator.JobSettings;
import io.trailwarden.storage.Archive;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.configuration.CheckpointingOptions;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.ExecutionOptions;
import org.apache.flink.configuration.ExternalizedCheckpointRetention;
import org.apache.flink.configuration.PipelineOptions;
import org.apache.flink.configuration.RestartStrategyOptions;
import org.apache.flink.configuration.StateBackendOptions;
import org.apache.flink.core.execution.CheckpointingMode;
import org.apache.flink.core.fs.Path;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.datastream.SingleOutputStreamOperator;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.util.OutputTag;

/**
 * The detection job, the same object in one process, on a cluster and in tests:
 *
 * <pre>{@code
 * KafkaAccess kafka = new KafkaAccess("localhost:9092", Map.of());
 * new DetectionJob(
 *                 DetectionSources.ofKafka(kafka),
 *                 DetectionSinks.ofKafka(kafka, ArchiveConfig.local(data)),
 *                 detection,
 *                 JobSettings.local(2, checkpoints))
 *         .build(environment);
 * }</pre>
 *
 * <p>The operators and their state are described in {@code processing/jobs/README.md}.
 */
public final class DetectionJob {

    /** The job's name. */
    public static final String NAME = "trailwarden-detection";

    /** The most subtasks that state can be spread over; fixed, because state is cut into as many parts. */
    private static final int MAX_PARALLELISM = 128;

    private static final Duration RESTART_DELAY = Duration.ofSeconds(1);

    private final DetectionSources sources;
    private final DetectionSinks sinks;
    private final Detection detection;
    private final JobSettings settings;

    public DetectionJob(DetectionSources sources, DetectionSinks sinks, Detection detection, JobSettings settings) {
        this.sources = sources;
        this.sinks = sinks;
        this.detection = detection;
        this.settings = settings;
    }

    /**
     * Configures the environment and puts the job into it. Makes tables that are missing, once, before the subtasks open
     * them side by side.
     *
     * @throws UncheckedIOException if the archive cannot be opened
     */
    public void build(StreamExecutionEnvironment environment) {
        makeTables();
        environment.configure(configuration(settings));
        environment.setParallelism(settings.parallelism());
        environment.setMaxParallelism(MAX_PARALLELISM);

        DetectorTypes types = new DetectorTypes(detection.keyedDetectors());
        OutputTag<Signal<?, ?>> next = new OutputTag<>("next-round", types.signals());
        SingleOutputStreamOperator<Signal<?, ?>> intake = environment
                .fromSource(sources.records(), WatermarkStrategy.noWatermarks(), "records")
                .uid("records-" + sources.feed())
                .transform(
                        "intake",
                        types.signals(),
                        new IntakeFactory(sources.feed(), detection, sources.reference(), sinks.archive(), settings))
                .uid("intake");
        publish(intake.getSideOutput(IntakeOperator.FINDINGS), "findings-of-events");
        intake.getSideOutput(IntakeOperator.DEAD_LETTERS)
                .sinkTo(sinks.deadLetters())
                .name("dead-letters")
                .uid("dead-letters");
        DataStream<JobStatus> status = intake.getSideOutput(IntakeOperator.STATUS);

        DataStream<Signal<?, ?>> signals = intake;
        for (int round = 1; round <= detection.rounds(); round++) {
            SingleOutputStreamOperator<Finding> detected = detect(round, signals, types, next);
            publish(detected, "findings-" + round);
            status = status.union(detected.getSideOutput(DetectorOperator.STATUS));
            signals = detected.getSideOutput(next);
        }

        DataStream<JobStatus> archive = intake.getSideOutput(IntakeOperator.FLUSHED)
                .transform(
                        "archive",
                        TypeInformation.of(JobStatus.class),
                        new ArchiveCommitter(sinks.archive(), sinks.storedOffsets(), sources.feed(), settings))
                .uid("archive")
                .setParallelism(1)
                .setMaxParallelism(1);
        status.union(archive)
                .sinkTo(sinks.status())
                .name("status")
                .uid("status")
                .setParallelism(1);
    }

    private void publish(DataStream<Finding> findings, String name) {
        findings.transform("recent-" + name, TypeInformation.of(Finding.class), new RecentFindings(sources.feed()))
                .uid("recent-" + name)
                .sinkTo(sinks.findings())
                .name(name)
                .uid(name);
    }

    private void makeTables() {
        try {
            Archive.open(sinks.archive()).close();
        } catch (IOException e) {
            throw new UncheckedIOException("The archive cannot be closed: " + sinks.archive(), e);
        }
    }

    private SingleOutputStreamOperator<Finding> detect(
            int round, DataStream<Signal<?, ?>> signals, DetectorTypes types, OutputTag<Signal<?, ?>> next) {
        return signals.keyBy(DetectorTypes.byKey(), types.keys())
                .transform(
                        "detect-" + round,
                        TypeInformation.of(Finding.class),
                        new DetectorFactory(round, detection.inRound(round), next, sources.reference(), settings))
                .uid("detect-" + round);
    }

    /** What the job asks of Flink, beside where it runs. */
    static Configuration configuration(JobSettings settings) {
        Configuration c = new Configuration();
        c.set(PipelineOptions.NAME, NAME);
        c.set(PipelineOptions.GENERIC_TYPES, false);
        c.set(PipelineOptions.AUTO_GENERATE_UIDS, false);
        c.set(PipelineOptions.OBJECT_REUSE, true);
        c.set(ExecutionOptions.BUFFER_TIMEOUT, settings.bufferTimeout());
        // Compressed state carries checksums: a flipped bit fails the restore instead of becoming a wrong state.
        c.set(ExecutionOptions.SNAPSHOT_COMPRESSION, true);
        c.set(CheckpointingOptions.CHECKPOINTING_INTERVAL, settings.checkpointInterval());
        c.set(CheckpointingOptions.CHECKPOINTING_CONSISTENCY_MODE, CheckpointingMode.EXACTLY_ONCE);
        c.set(CheckpointingOptions.CHECKPOINT_STORAGE, "filesystem");
        // Flink takes a text literally: an escaped space would become a folder with a per cent sign in its name.
        c.set(CheckpointingOptions.CHECKPOINTS_DIRECTORY, new Path(settings.checkpoints()).toString());
        c.set(CheckpointingOptions.MAX_RETAINED_CHECKPOINTS, 3);
        c.set(CheckpointingOptions.TOLERABLE_FAILURE_NUMBER, 3);
        // Files must arrive before the barrier of the checkpoint that they belong to.
        c.set(CheckpointingOptions.ENABLE_UNALIGNED, false);
        c.set(
                CheckpointingOptions.EXTERNALIZED_CHECKPOINT_RETENTION,
                ExternalizedCheckpointRetention.RETAIN_ON_CANCELLATION);
        boolean rocks = settings.stateBackend() == JobSettings.StateBackend.ROCKSDB;
        c.set(StateBackendOptions.STATE_BACKEND, rocks ? "rocksdb" : "hashmap");
        c.set(CheckpointingOptions.INCREMENTAL_CHECKPOINTS, rocks);
        if (settings.maxFailures() == 0) {
            c.set(RestartStrategyOptions.RESTART_STRATEGY, "disable");
        } else {
            c.set(RestartStrategyOptions.RESTART_STRATEGY, "failure-rate");
            c.set(
                    RestartStrategyOptions.RESTART_STRATEGY_FAILURE_RATE_MAX_FAILURES_PER_INTERVAL,
                    settings.maxFailures());
            c.set(RestartStrategyOptions.RESTART_STRATEGY_FAILURE_RATE_FAILURE_RATE_INTERVAL, settings.failureWindow());
            c.set(RestartStrategyOptions.RESTART_STRATEGY_FAILURE_RATE_DELAY, RESTART_DELAY);
        }
        return c;
    }
}
