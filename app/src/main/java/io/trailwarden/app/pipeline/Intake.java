package io.trailwarden.app.pipeline;

import io.trailwarden.app.config.Configuration;
import io.trailwarden.app.reference.ReferencePublisher;
import io.trailwarden.ingest.IngestException;
import io.trailwarden.ingest.IngestProgress;
import io.trailwarden.ingest.Ingester;
import io.trailwarden.ingest.Ingestion;
import io.trailwarden.ingest.KafkaEventPublisher;
import io.trailwarden.ingest.KafkaStoredOffsets;
import io.trailwarden.ingest.Positions;
import io.trailwarden.ingest.aws.AwsSessions;
import io.trailwarden.ingest.aws.AwsSource;
import io.trailwarden.ingest.aws.Pause;
import io.trailwarden.ingest.file.FileConfig;
import io.trailwarden.ingest.file.FileIngester;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads the inputs into Kafka, writes down how far they are stored, and holds back while too much is on its way.
 *
 * <p>Needs nothing but Kafka from the other stages: {@code run} has one beside the job, {@code ingest} has one alone.
 */
public final class Intake implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(Intake.class);

    /** Positions follow quickly: a restart reads again what they do not cover. */
    private static final Duration CONFIRM = Duration.ofMillis(250);

    private static final Duration PAUSE = Duration.ofMillis(500);

    private final Deque<AutoCloseable> opened = new ArrayDeque<>();
    private final ThrottledPublisher publisher;
    private final Ingestion ingestion;

    private Intake(
            Configuration config,
            Path positionsFile,
            ReferencePublisher people,
            Map<String, String> connection,
            Clock clock)
            throws IngestException {
        Positions positions = open(Positions.open(positionsFile));
        publisher = open(new ThrottledPublisher(KafkaEventPublisher.open(connection)));
        KafkaStoredOffsets offsets = open(KafkaStoredOffsets.open(connection));
        List<Ingester> ingesters = new ArrayList<>();
        if (!config.inputs().files().isEmpty() || config.inputs().aws().isEmpty()) {
            FileConfig files = config.inputs().follow()
                    ? FileConfig.follow(config.inputs().files())
                    : FileConfig.once(config.inputs().files());
            ingesters.add(open(new FileIngester(files, publisher, positions, clock)));
        }
        AwsSource.Opening opening = new AwsSource.Opening(
                open(new AwsSessions(clock, Pause.SLEEP)),
                new AwsSource.Way(publisher, positions, connection),
                people::holds,
                config.inputs().follow(),
                clock);
        for (AwsSource source : config.inputs().aws()) {
            source.open(opening).forEach(each -> ingesters.add(open(each)));
        }
        ingestion = open(Ingestion.start(
                ingesters,
                positions,
                offsets,
                new Ingestion.Schedule(config.inputs().follow(), PAUSE, CONFIRM)));
    }

    /**
     * Starts to read the configured inputs.
     *
     * @param positions the file that says how far they are stored
     * @param people what people wrote down: inventories leave that to them
     * @throws PipelineException when an input does not exist
     */
    public static Intake start(
            Configuration config,
            Path positions,
            ReferencePublisher people,
            Map<String, String> connection,
            Clock clock) {
        try {
            return new Intake(config, positions, people, connection, clock);
        } catch (IngestException e) {
            throw new PipelineException(e.getMessage(), e);
        }
    }

    /** Returns when every input was gone through once and everything is in Kafka. */
    public void awaitRead() throws InterruptedException {
        try {
            ingestion.awaitRead();
        } catch (IngestException e) {
            throw new PipelineException(e.getMessage(), e);
        }
    }

    /** Whether everything read so far was stored, and every position says so, in this time. */
    public boolean awaitStored(Duration timeout) throws InterruptedException {
        try {
            return ingestion.awaitStored(timeout);
        } catch (IngestException e) {
            throw new PipelineException(e.getMessage(), e);
        }
    }

    /**
     * Whether every input is still read.
     *
     * @throws PipelineException when the reading of one has ended
     */
    public void requireReading() {
        try {
            ingestion.requireReading();
        } catch (IngestException e) {
            throw new PipelineException(e.getMessage(), e);
        }
    }

    /** So many messages wait in Kafka to be stored. */
    public void waiting(long messages) {
        publisher.waiting(messages);
    }

    /** What was read since the start. */
    public IngestProgress progress() {
        return ingestion.progress().stream().reduce(new IngestProgress(0, 0, 0, 0, 0, Map.of()), IngestProgress::plus);
    }

    @Override
    public void close() {
        while (!opened.isEmpty()) {
            try {
                opened.pop().close();
            } catch (Exception e) { // AutoCloseable declares it
                LOG.warn("A part of the intake did not stop cleanly", e);
            }
        }
    }

    private <T extends AutoCloseable> T open(T part) {
        opened.push(part);
        return part;
    }
}
