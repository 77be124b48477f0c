package io.trailwarden.app.pipeline;

import io.trailwarden.app.config.Configuration;
import io.trailwarden.app.metrics.Metrics;
import io.trailwarden.app.reference.ReferencePublisher;
import io.trailwarden.app.reference.ReferenceSource;
import io.trailwarden.console.Console;
import io.trailwarden.console.ConsoleConfig;
import io.trailwarden.embedded.EmbeddedFlink;
import io.trailwarden.embedded.EmbeddedKafka;
import io.trailwarden.event.topic.Topics;
import io.trailwarden.ingest.IngestProgress;
import io.trailwarden.sinks.FindingSink;
import io.trailwarden.sinks.SinkRunner;
import io.trailwarden.sinks.SinkStatus;
import io.trailwarden.sinks.StdoutSink;
import io.trailwarden.storage.Archive;
import io.trailwarden.storage.maintenance.MaintenanceConfig;
import io.trailwarden.storage.sql.SqlSettings;
import io.trailwarden.storage.sql.SqlWorkers;
import java.io.IOException;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Everything in one process: broker, reference data, job, sinks, console, ingester; started in the order in which the
 * river flows, so that nothing that is read finds nobody behind it.
 *
 * <p>It may be killed at any time. The next start on the same data directory continues from the newest checkpoint, reads
 * again what was not stored, and delivers again what was not confirmed; the outcome is the same.
 */
public final class Pipeline implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(Pipeline.class);
    private static final long SETTLE_POLL_MILLIS = 50;

    /**
     * So few records are about to be stored anyway: a checkpoint now ends the waiting. With more of them the job may still
     * be reading, and checkpoints one after another would only slow it down: each writes all state.
     */
    private static final long FEW = 50_000;

    private static final long CHECKPOINT_PAUSE_NANOS = Duration.ofSeconds(3).toNanos();

    private static final Duration COMMIT_PATIENCE = Duration.ofSeconds(2);
    private static final long TRIM_SECONDS = 30;

    private final Deque<AutoCloseable> opened = new ArrayDeque<>();
    private final Configuration config;
    private final Clock clock;
    private final DataDirectory data;
    private final Metrics metrics;
    private final ScheduledExecutorService chores = Executors.newSingleThreadScheduledExecutor(task -> {
        Thread thread = new Thread(task, "chores");
        thread.setDaemon(true);
        return thread;
    });
    private final List<SinkRunner> sinks = new ArrayList<>();

    private Map<String, String> connection = Map.of();
    private @Nullable Archive archive;
    private @Nullable DetectionRun job;
    private @Nullable Console console;
    private @Nullable Intake intake;
    private @Nullable StoredProgress stored;
    private @Nullable ReferencePublisher written;

    private Pipeline(Configuration config, Clock clock) {
        this.config = config;
        this.clock = clock;
        this.data = DataDirectory.lock(config.data());
        opened.push(data);
        this.metrics = open(Metrics.start(config.metricsListen()));
    }

    /**
     * Starts everything but the reading of inputs, and returns when the job runs and the console answers.
     *
     * @param reference where reference data is written down
     * @param moreSinks sinks beside those of the configuration, such as the terminal
     * @throws io.trailwarden.settings.BadConfigException when reference data is wrong
     * @throws PipelineException when a part does not start
     */
    public static Pipeline start(
            Configuration config, List<ReferenceSource> reference, List<FindingSink> moreSinks, Clock clock) {
        Pipeline pipeline = new Pipeline(config, clock);
        try {
            pipeline.open(reference, moreSinks);
            return pipeline;
        } catch (RuntimeException e) {
            pipeline.close();
            throw e;
        }
    }

    private void open(List<ReferenceSource> reference, List<FindingSink> moreSinks) {
        // The three slow ones start side by side.
        CompletableFuture<EmbeddedFlink> starting = CompletableFuture.supplyAsync(
                () -> EmbeddedFlink.start(data.flink(), config.processing().parallelism()), Pipeline::onThread);
        CompletableFuture<Archive> opening =
                CompletableFuture.supplyAsync(() -> Archive.open(config.tables().archive()), Pipeline::onThread);
        try {
            connection = startKafka();
            KafkaSetup.createTopics(connection, config.kafka());
            ReferencePublisher publisher =
                    open(ReferencePublisher.start(reference, data.publishedReference(), connection, clock));
            written = publisher;
            repeat(publisher::look, 1);
        } finally {
            archive = open(joined(opening));
            opened.push(joined(starting));
        }
        EmbeddedFlink flink = joined(starting);
        DetectionRun run = open(DetectionRun.start(config, connection, flink));
        job = run;
        repeat(run::dropEarlierCheckpoints, 2);
        startSinks(moreSinks);
        open(archive().maintenance(MaintenanceConfig.defaults(), clock)).start();
        stored = open(new StoredProgress(connection));
        if (config.kafka().embedded()) {
            repeat(stored::trimStored, TRIM_SECONDS);
        }
        if (config.console().enabled()) {
            console = open(startConsole());
        }
        metrics.sinks(this::statuses);
        metrics.stages(connection, clock);
        announce();
    }

    private List<SinkStatus> statuses() {
        return sinks.stream().map(SinkRunner::status).toList();
    }

    private Map<String, String> startKafka() {
        if (!config.kafka().embedded()) {
            return KafkaSetup.connection(config.kafka().bootstrap(), config.kafka());
        }
        EmbeddedKafka kafka =
                open(EmbeddedKafka.start(data.kafka(), config.kafka().port()));
        return KafkaSetup.connection(kafka.bootstrapServers(), config.kafka());
    }

    private void startSinks(List<FindingSink> more) {
        KafkaDeadLetterTray tray = open(new KafkaDeadLetterTray(connection));
        List<FindingSink> all = new ArrayList<>();
        Sinks made = new Sinks(config.sinks(), archive(), System.out, false, clock);
        // The terminal is the command's own: it comes among the others.
        config.sinks().names().stream()
                .filter(name -> !name.equals(StdoutSink.NAME))
                .forEach(name -> all.add(made.of(name)));
        all.addAll(more);
        for (FindingSink sink : all) {
            sinks.add(open(SinkRunner.start(sink, tray, new HashMap<>(connection), clock)));
        }
    }

    /** Tells {@code tail} and {@code console} in other terminals where to find this process. */
    private void announce() {
        Running running = new Running(
                ProcessHandle.current().pid(),
                connection.getOrDefault("bootstrap.servers", ""),
                console == null ? "" : console.url().toString());
        try {
            running.write(data.root());
        } catch (IOException e) {
            throw new PipelineException("data directory " + data.root() + " cannot be written: " + e, e);
        }
    }

    private Console startConsole() {
        ConsoleConfig consoleConfig = Parts.console(config, data.console(), connection);
        SqlSettings sql = Parts.sql(config);
        try {
            SqlWorkers workers = open(SqlWorkers.start(archive(), sql));
            SqlWorkers own = open(SqlWorkers.start(archive(), Parts.ownQuestions(sql)));
            return Console.start(consoleConfig, Parts.consoleSources(archive(), own, workers, sql, clock), clock);
        } catch (IOException e) {
            throw new PipelineException(
                    "the console does not start: " + e.getMessage() + " (another port: --port, or console.port; now "
                            + config.console().port() + ")",
                    e);
        }
    }

    /** Starts to read the inputs: once, or for ever where the configuration says follow. */
    public void read() {
        Intake started = open(Intake.start(config, data.positions(), present(written), connection, clock));
        intake = started;
        metrics.ingest(started::progress);
        repeat(() -> started.waiting(stored().unstored()), 1);
    }

    /** Returns when every input was gone through once and everything is in Kafka. */
    public void awaitRead(Waiting waiting) throws InterruptedException {
        CompletableFuture<Void> read = CompletableFuture.runAsync(
                () -> {
                    try {
                        intake().awaitRead();
                    } catch (InterruptedException e) {
                        Thread.currentThread().interrupt();
                    }
                },
                Pipeline::onThread);
        while (!read.isDone()) {
            requireRunning();
            waiting.left(progress().records(), "records read so far");
            TimeUnit.MILLISECONDS.sleep(SETTLE_POLL_MILLIS);
        }
        joined(read);
    }

    /**
     * Waits until everything that is in Kafka now is stored, every finding of it is out, and the tables have those.
     *
     * @throws PipelineException when the job has ended
     */
    public void settle(Waiting waiting) throws InterruptedException {
        long last = System.nanoTime() - CHECKPOINT_PAUSE_NANOS;
        while (true) {
            requireRunning();
            long unstored = stored().unstored();
            if (unstored == 0) {
                break;
            }
            waiting.left(unstored, "records to be stored");
            if (unstored <= FEW || System.nanoTime() - last >= CHECKPOINT_PAUSE_NANOS) {
                last = System.nanoTime();
                job().checkpointNow();
            }
            awaitCommit(unstored);
        }
        // Whatever the stored records led to was sent before the checkpoint that made them durable.
        Map<TopicPartition, Long> ends = stored().ends(List.of(Topics.FINDINGS.name()));
        for (SinkRunner sink : sinks) {
            String group = SinkRunner.group(sink.status().sink());
            long behind = stored().behind(group, ends);
            while (behind > 0) {
                requireRunning();
                sink.deliverNow();
                waiting.left(behind, "findings for sink " + sink.status().sink());
                TimeUnit.MILLISECONDS.sleep(SETTLE_POLL_MILLIS);
                behind = stored().behind(group, ends);
            }
        }
        if (intake != null && !intake().awaitStored(Duration.ofSeconds(30))) {
            throw new PipelineException("positions did not follow within 30 s, although everything is stored", null);
        }
    }

    /**
     * The tables follow a checkpoint by a moment. Another checkpoint in that moment would only be in the way; if nothing
     * moves for long, though, it is what helps.
     */
    private void awaitCommit(long unstored) throws InterruptedException {
        long deadline = System.nanoTime() + COMMIT_PATIENCE.toNanos();
        while (stored().unstored() == unstored && System.nanoTime() < deadline) {
            requireRunning();
            TimeUnit.MILLISECONDS.sleep(SETTLE_POLL_MILLIS);
        }
    }

    /**
     * Whether all goes on.
     *
     * @throws PipelineException when the job, a sink, or the reading of an input has ended
     */
    public void requireRunning() {
        job().requireRunning();
        if (intake != null) {
            intake.requireReading();
        }
        sinks.forEach(Sinks::requireRunning);
    }

    /** The tables. */
    public Archive archive() {
        return present(archive);
    }

    /** What was read since the start. */
    public IngestProgress progress() {
        return intake().progress();
    }

    /** What the job says of itself now. */
    public JobNumbers numbers() {
        return JobNumbers.read(connection);
    }

    /** Where people watch; empty when the console is off. */
    public Optional<URI> consoleUrl() {
        return Optional.ofNullable(console).map(Console::loginUrl);
    }

    /** Client properties for Kafka, for whoever wants to send or read more. */
    public Map<String, String> connection() {
        return connection;
    }

    /** How much there is left to wait for. */
    public interface Waiting {

        /** So many of these are left. */
        void left(long count, String what);
    }

    /** Stops everything, the last first. What was not confirmed comes again at the next start. */
    @Override
    public void close() {
        chores.shutdownNow();
        while (!opened.isEmpty()) {
            AutoCloseable part = opened.pop();
            try {
                part.close();
            } catch (Exception e) { // AutoCloseable declares it
                LOG.warn("A part did not stop cleanly", e);
            }
        }
    }

    private void repeat(Runnable chore, long seconds) {
        chores.scheduleWithFixedDelay(
                () -> {
                    try {
                        chore.run();
                    } catch (RuntimeException | Error e) {
                        // Whatever leaves this method ends the schedule, and nobody would hear of it.
                        if (chores.isShutdown()) {
                            return; // interrupted by close()
                        }
                        LOG.warn("A chore failed and is tried again in {} s", seconds, e);
                    }
                },
                seconds,
                seconds,
                TimeUnit.SECONDS);
    }

    private <T extends AutoCloseable> T open(T part) {
        opened.push(part);
        return part;
    }

    /** What blocks must not take the common pool's threads: on two processors it has one, and Flink needs it. */
    private static void onThread(Runnable task) {
        Thread thread = new Thread(task, "pipeline");
        thread.setDaemon(true);
        thread.start();
    }

    private static <T> T joined(CompletableFuture<T> future) {
        try {
            return future.join();
        } catch (CompletionException e) {
            if (e.getCause() instanceof RuntimeException cause) {
                throw cause;
            }
            throw e;
        }
    }

    private DetectionRun job() {
        return present(job);
    }

    private Intake intake() {
        return present(intake);
    }

    private StoredProgress stored() {
        return present(stored);
    }

    private static <T> T present(@Nullable T part) {
        if (part == null) {
            throw new IllegalStateException("the pipeline has not started");
        }
        return part;
    }
}
