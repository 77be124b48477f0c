package io.trailwarden.jobs.intake;

import io.trailwarden.detection.EventDetector;
import io.trailwarden.detection.Findings;
import io.trailwarden.detection.KeyedDetector;
import io.trailwarden.detection.Signal;
import io.trailwarden.detection.SignalSource;
import io.trailwarden.detection.reference.Reference;
import io.trailwarden.event.AuditEvent;
import io.trailwarden.event.DeadLetter;
import io.trailwarden.event.Finding;
import io.trailwarden.event.JobStatus;
import io.trailwarden.event.Origin;
import io.trailwarden.event.Receipt;
import io.trailwarden.event.Sighting;
import io.trailwarden.event.codec.CloudTrailCodec;
import io.trailwarden.event.codec.Decoded;
import io.trailwarden.event.codec.EventKeys;
import io.trailwarden.event.codec.ExecutionCodec;
import io.trailwarden.event.codec.MalformedRecordException;
import io.trailwarden.event.codec.OriginCodec;
import io.trailwarden.event.codec.RecordCodec;
import io.trailwarden.event.custody.CustodyObservation;
import io.trailwarden.event.text.LogKeys;
import io.trailwarden.event.text.VisibleText;
import io.trailwarden.event.topic.Topics;
import io.trailwarden.jobs.archive.Flushed;
import io.trailwarden.jobs.archive.PendingCheckpoint;
import io.trailwarden.jobs.operator.JobSettings;
import io.trailwarden.jobs.operator.LogBudget;
import io.trailwarden.jobs.operator.Numbers;
import io.trailwarden.jobs.operator.OwnFindings;
import io.trailwarden.jobs.operator.ReferenceFeed;
import io.trailwarden.jobs.operator.ReferenceTable;
import io.trailwarden.jobs.operator.Statuses;
import io.trailwarden.storage.Archive;
import io.trailwarden.storage.ArchiveWriter;
import io.trailwarden.storage.catalog.ArchiveConfig;
import io.trailwarden.storage.catalog.Duplicate;
import io.trailwarden.storage.catalog.PendingFiles;
import io.trailwarden.storage.ids.IdMemory;
import io.trailwarden.storage.ids.Outcome;
import io.trailwarden.storage.ids.StoredIds;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalLong;
import java.util.function.Consumer;
import org.apache.flink.api.common.state.OperatorStateStore;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.runtime.state.StateInitializationContext;
import org.apache.flink.runtime.state.StateSnapshotContext;
import org.apache.flink.streaming.api.operators.AbstractStreamOperator;
import org.apache.flink.streaming.api.operators.OneInputStreamOperator;
import org.apache.flink.streaming.api.operators.StreamOperatorParameters;
import org.apache.flink.streaming.api.watermark.Watermark;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.runtime.watermarkstatus.WatermarkStatus;
import org.apache.flink.util.OutputTag;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The front of the job, in one chain with the records' source: decodes, de-duplicates, stores, judges single events,
 * and hands signals to the stateful detectors.
 *
 * <p>Each record has exactly one outcome, see {@code docs/architecture.md}. Nothing that a record holds can stop this
 * operator: unreadable ones become dead letters, a detector that fails is counted and found. What does stop it is a
 * disk or a catalog that refuses to store.
 *
 * <p>Event time is made here, because only here it is known.
 */
public final class IntakeOperator extends AbstractStreamOperator<Signal<?, ?>>
        implements OneInputStreamOperator<Delivered, Signal<?, ?>> {

    private static final long serialVersionUID = 1L;

    /** Findings about single events. */
    public static final OutputTag<Finding> FINDINGS = new OutputTag<>("findings", TypeInformation.of(Finding.class));

    /** Records that could not be read, each once. */
    public static final OutputTag<DeadLetter> DEAD_LETTERS =
            new OutputTag<>("dead-letters", TypeInformation.of(DeadLetter.class));

    /** Files for the committer. */
    public static final OutputTag<Flushed> FLUSHED = new OutputTag<>("flushed", TypeInformation.of(Flushed.class));

    /** How this part is doing. */
    public static final OutputTag<JobStatus> STATUS =
            new OutputTag<>("intake-status", TypeInformation.of(JobStatus.class));

    private static final Logger LOG = LoggerFactory.getLogger(IntakeOperator.class);
    private static final int LINES_A_MINUTE = 20;

    /** For a subtask's ids in files: 47 million of one day. */
    private static final long ID_FILE_BYTES = 2L << 30;

    private static final int LONGEST_PLACE = 300;
    private static final long WATERMARK_INTERVAL_MILLIS = 200;

    private final String feed;
    private final ArchiveConfig archiveConfig;
    private final ReferenceFeed referenceFeed;
    private final JobSettings settings;

    private final CloudTrailCodec cloudTrailCodec = new CloudTrailCodec();
    private final ExecutionCodec executionCodec = new ExecutionCodec();
    private final OriginCodec originCodec = new OriginCodec();
    private final ReferenceTable reference = new ReferenceTable();
    private final Partitions partitions;
    private final List<NamedSource<?, ?>> signalSources;
    private final List<EventDetector> eventDetectors;
    private final Findings findings;
    private final OwnFindings own;
    private final List<Finding> found = new ArrayList<>();
    private final List<Signal<?, ?>> said = new ArrayList<>();

    private final Numbers numbers;
    private final Numbers.Count received;
    private final Numbers.Count stored;
    private final Numbers.Count duplicates;
    private final Numbers.Count redelivered;
    private final Numbers.Count detectedAgain;
    private final LogBudget deadLetterLines = new LogBudget(LINES_A_MINUTE);
    private final LogBudget failureLines = new LogBudget(LINES_A_MINUTE);
    private final Numbers.Count deadLetters;
    private final Numbers.Count receipts;
    private final Numbers.Count observations;
    private final Numbers.Count signals;
    private final Numbers.Count published;
    private final Numbers.Count late;
    private final Numbers.Count failures;

    private final Lineages lineages = new Lineages();
    private @Nullable Archive archive;
    private @Nullable ArchiveWriter writer;
    private @Nullable StoredIds ids;

    private boolean finished;
    private Map<String, Long> announced = Map.of();
    private long watermark = Long.MIN_VALUE;
    private boolean idle;
    private long openedAt;
    private long lastIngested = Long.MIN_VALUE;

    /** One detector's front end; what it says goes to {@code out}. */
    private record NamedSource<K extends Record, N extends Record>(
            String detector, SignalSource<K, N> source, Consumer<Signal<K, N>> out) {

        void read(AuditEvent event, Reference now) {
            source.read(event, now, out);
        }

        void read(CustodyObservation observation, Reference now) {
            source.readObservation(observation, now, out);
        }
    }

    private <K extends Record, N extends Record> NamedSource<K, N> source(KeyedDetector<K, N, ?> detector) {
        return new NamedSource<>(detector.name(), detector.signals(), said::add);
    }

    IntakeOperator(
            StreamOperatorParameters<Signal<?, ?>> parameters,
            String feed,
            Detection detection,
            ReferenceFeed referenceFeed,
            ArchiveConfig archive,
            JobSettings settings) {
        super(parameters);
        this.feed = feed;
        this.archiveConfig = archive;
        this.referenceFeed = referenceFeed;
        this.settings = settings;
        this.partitions = new Partitions(settings.disorder(), settings.idleAfter());
        this.eventDetectors = detection.eventDetectors();
        this.signalSources = new ArrayList<>();
        for (KeyedDetector<?, ?, ?> detector : detection.keyedDetectors()) {
            signalSources.add(source(detector));
        }
        this.numbers = new Numbers(getMetricGroup());
        this.received = numbers.count("received");
        this.stored = numbers.count("stored");
        this.duplicates = numbers.count("duplicates");
        this.redelivered = numbers.count("redelivered");
        this.detectedAgain = numbers.count("detectedAgain");
        this.deadLetters = numbers.count("deadLetters");
        this.receipts = numbers.count("receipts");
        this.observations = numbers.count("observations");
        this.signals = numbers.count("signals");
        this.published = numbers.count("findings");
        this.late = numbers.count("late");
        this.failures = numbers.count("detectorFailures");
        numbers.gauge("lagMillis", () -> lastIngested == Long.MIN_VALUE ? 0 : Math.max(0, now() - lastIngested));
        numbers.others(() -> {
            Map<String, Long> more = new HashMap<>();
            for (EventDetector detector : eventDetectors) {
                more.putAll(detector.numbers(reference.reference()));
            }
            return more;
        });
        numbers.gauge("referenceMalformed", reference::malformed);
        numbers.gauge("referenceRefused", reference::refused);
        this.findings = new Findings(
                () -> Instant.ofEpochMilli(now()), () -> reference.reference().suppressions(), found::add);
        this.own = new OwnFindings(findings);
    }

    @Override
    public void processElement(StreamRecord<Delivered> element) throws IOException {
        take(element.getValue());
    }

    @Override
    public void processWatermark(Watermark mark) {
        // The source knows no event time; it only says when there is nothing more to come.
        if (mark.getTimestamp() == Long.MAX_VALUE) {
            watermark = Long.MAX_VALUE;
            output.emitWatermark(mark);
        }
    }

    @Override
    public void processWatermarkStatus(WatermarkStatus status) {
        // Idleness is judged by events, here.
    }

    @Override
    public void initializeState(StateInitializationContext context) throws Exception {
        super.initializeState(context);
        OperatorStateStore states = context.getOperatorStateStore();
        reference.open(states, referenceFeed);
        long restoredCheckpoint = context.getRestoredCheckpointId().orElse(0);
        // A restart within the job goes back to a checkpoint too, so it is another run.
        String lineage = getRuntimeContext().getJobInfo().getJobId() + "-"
                + getRuntimeContext().getTaskInfo().getAttemptNumber();
        lineages.open(states, lineage, restoredCheckpoint);

        archive = Archive.open(archiveConfig);
        writer = archive.newWriter(lineage, restoredCheckpoint);
        ids = archive.storedIds(lineage, lineages.detected(), idMemory(), (day, count, why) -> own.memory(day, why));
        for (PendingCheckpoint pending : lineages.pending()) {
            ids.include(PendingFiles.fromBytes(pending.files()));
        }
    }

    private IdMemory idMemory() {
        long bytes = settings.idBytes() / getRuntimeContext().getTaskInfo().getNumberOfParallelSubtasks();
        String directory =
                getContainingTask().getEnvironment().getTaskManagerInfo().getTmpDirectories()[0];
        return new IdMemory(bytes, ID_FILE_BYTES, Path.of(directory));
    }

    @Override
    public void open() throws Exception {
        super.open();
        openedAt = now();
        scheduleWatermark();
        scheduleReference();
        scheduleStatus();
    }

    private void take(Delivered record) throws IOException {
        Partitions.Partition partition = partitions.at(record.topic(), record.partition());
        if (record.topic().equals(Topics.RECEIPTS.name())) {
            takeReceipt(record);
        } else if (record.topic().equals(Topics.CUSTODY.name())) {
            takeObservation(record);
        } else {
            received.increment();
            takeRecord(record, partition);
        }
        partition.reached(record.offset());
    }

    private void takeRecord(Delivered record, Partitions.Partition partition) throws IOException {
        Origin origin;
        byte[] value = record.value() == null ? new byte[0] : record.value();
        try {
            origin = originCodec.origin(record.object(), record.at());
            if (record.rejected() != null) {
                takeDeadLetter(originCodec.deadLetter(record.rejected(), value, origin));
                return;
            }
        } catch (MalformedRecordException e) {
            takeDeadLetter(letter(record, value, String.valueOf(e.getMessage())));
            return;
        }
        lastIngested = origin.ingestedAt().toEpochMilli();
        Decoded<? extends AuditEvent> decoded = record.topic().equals(Topics.CLOUDTRAIL.name())
                ? cloudTrailCodec.decode(value, origin)
                : executionCodec.decode(value, origin);
        if (decoded instanceof Decoded.Rejected<?> rejected) {
            takeDeadLetter(rejected.deadLetter());
        } else if (decoded instanceof Decoded.Read<? extends AuditEvent> read) {
            partition.heard(eventTime(read.value().eventTime()), now());
            takeEvent(read.value());
        }
    }

    /** One record dated in the future must not make all others late. */
    private long eventTime(Instant eventTime) {
        long millis = Math.min(eventTime.toEpochMilli(), lastIngested);
        if (millis < watermark) {
            late.increment();
        }
        return millis;
    }

    private void takeEvent(AuditEvent event) throws IOException {
        Outcome outcome = ids().claim(event);
        if (outcome.store()) {
            writer().write(event);
        } else if (outcome.duplicate()) {
            writer().write(Duplicate.of(event));
        }
        count(outcome);
        if (outcome == Outcome.NEW_UNDER_KNOWN_ID) {
            own.reusedId(event);
        }
        if (outcome.detect()) {
            detect(event);
        }
    }

    private void detect(AuditEvent event) {
        Reference now = reference.reference();
        for (EventDetector detector : eventDetectors) {
            try {
                detector.inspect(event, now, findings);
            } catch (RuntimeException e) {
                failed(detector.getClass().getSimpleName(), event.sighting(), e);
            }
        }
        for (NamedSource<?, ?> source : signalSources) {
            try {
                source.read(event, now);
            } catch (RuntimeException e) {
                failed(source.detector(), event.sighting(), e);
            }
        }
        emit();
    }

    /** Outside of the detectors' calls, whose exceptions are caught: those of the way out must stop the task. */
    private void emit() {
        for (Signal<?, ?> signal : said) {
            signals.increment();
            output.collect(new StreamRecord<>(signal));
        }
        said.clear();
        for (Finding finding : found) {
            published.increment();
            output.collect(FINDINGS, new StreamRecord<>(finding));
        }
        found.clear();
    }

    private void count(Outcome outcome) {
        if (outcome.store()) {
            stored.increment();
        } else if (outcome.duplicate()) {
            duplicates.increment();
        } else {
            redelivered.increment();
        }
        if (outcome.detect() && !outcome.store()) {
            detectedAgain.increment();
        }
    }

    private void takeDeadLetter(DeadLetter letter) throws IOException {
        if (ids().claim(letter).store()) {
            deadLetters.increment();
            if (LOG.isInfoEnabled() && deadLetterLines.allows(now())) {
                // Counted, kept and shown anyway.
                LOG.info(
                        "Dead letter {}: {}, {} of {} ({} more were not logged)",
                        LogKeys.event(EventKeys.of(letter)),
                        letter.reason(),
                        VisibleText.of(letter.place(), LONGEST_PLACE),
                        VisibleText.of(letter.origin().object(), LONGEST_PLACE),
                        deadLetterLines.takeLeftOut());
            }
            writer().write(letter);
            output.collect(DEAD_LETTERS, new StreamRecord<>(letter));
        } else {
            redelivered.increment();
        }
    }

    private void takeReceipt(Delivered record) throws IOException {
        byte[] value = record.value();
        if (value == null) {
            return;
        }
        Receipt receipt;
        try {
            receipt = RecordCodec.RECEIPT.decode(value);
        } catch (MalformedRecordException e) {
            takeDeadLetter(letter(record, value, String.valueOf(e.getMessage())));
            return;
        }
        receipts.increment();
        writer().write(receipt);
    }

    /** Not stored: what it comes to is stored as a finding. */
    private void takeObservation(Delivered record) throws IOException {
        byte[] value = record.value();
        if (value == null) {
            return;
        }
        CustodyObservation observation;
        try {
            observation = RecordCodec.CUSTODY.decode(value);
        } catch (MalformedRecordException e) {
            takeDeadLetter(letter(record, value, String.valueOf(e.getMessage())));
            return;
        }
        observations.increment();
        Reference now = reference.reference();
        for (NamedSource<?, ?> source : signalSources) {
            try {
                source.read(observation, now);
            } catch (RuntimeException e) {
                failed(source.detector(), new Sighting(observation.times().seen(), EventKeys.of(observation)), e);
            }
        }
        emit();
    }

    /** Of a message that says nothing trustworthy about where it came from: it came from Kafka. */
    private DeadLetter letter(Delivered record, byte[] value, String problem) {
        Origin origin = new Origin(
                "kafka:" + record.topic(),
                feed + "/" + record.topic() + "/" + record.partition(),
                record.offset(),
                feed,
                Instant.ofEpochMilli(now()));
        byte[] payload = value.length <= DeadLetter.MAX_PAYLOAD ? value : Arrays.copyOf(value, DeadLetter.MAX_PAYLOAD);
        return new DeadLetter(
                DeadLetter.Reason.MALFORMED,
                problem,
                record.topic() + " partition " + record.partition() + " offset " + record.offset(),
                payload,
                value.length,
                origin);
    }

    /** What a detector cannot digest must not stop the others; restarting would only meet it again. */
    private void failed(String detector, Sighting event, RuntimeException problem) {
        failures.increment();
        if (failureLines.allows(now())) {
            LOG.error("Detector {} failed on {}", detector, LogKeys.event(event.eventId()), problem);
        }
        own.failure(detector, event.eventId(), event.time(), problem);
    }

    @Override
    public void prepareSnapshotPreBarrier(long checkpointId) throws Exception {
        super.prepareSnapshotPreBarrier(checkpointId);
        if (!finished) {
            flush(checkpointId);
        }
    }

    @Override
    public void finish() throws Exception {
        // What comes now belongs to the final checkpoint, whose number is not known yet.
        flush(lineages.lastCheckpoint() + 1);
        finished = true;
        super.finish();
    }

    private void flush(long checkpointId) throws IOException {
        emit();
        Map<String, Long> reached = partitions.reached();
        PendingFiles files = writer().flush(checkpointId, reached);
        ids().checkpoint(checkpointId);
        byte[] bytes = files.isEmpty() && reached.equals(announced) ? null : files.toBytes();
        if (bytes != null) {
            output.collect(FLUSHED, new StreamRecord<>(new Flushed(feed, lineages.own(), bytes)));
            announced = reached;
        }
        lineages.flushed(checkpointId, feed, files.isEmpty() ? null : bytes);
    }

    @Override
    public void snapshotState(StateSnapshotContext context) throws Exception {
        super.snapshotState(context);
        int subtask = getRuntimeContext().getTaskInfo().getIndexOfThisSubtask();
        reference.snapshot(subtask);
        lineages.snapshot(subtask, context.getCheckpointId());
    }

    @Override
    public void notifyCheckpointComplete(long checkpointId) throws Exception {
        super.notifyCheckpointComplete(checkpointId);
        OptionalLong committed = lineages.completed(checkpointId);
        if (committed.isPresent()) {
            ids().committed(committed.getAsLong());
        }
    }

    @Override
    public void close() throws Exception {
        super.close();
        reference.close();
        if (writer != null) {
            writer.close();
        }
        if (ids != null) {
            ids.close();
        }
        if (archive != null) {
            archive.close();
        }
    }

    private void scheduleWatermark() {
        getProcessingTimeService().registerTimer(now() + WATERMARK_INTERVAL_MILLIS, time -> {
            tellEventTime(time);
            scheduleWatermark();
        });
    }

    private void tellEventTime(long now) {
        OptionalLong reached = partitions.watermark(now);
        if (reached.isPresent()) {
            if (idle) {
                idle = false;
                output.emitWatermarkStatus(WatermarkStatus.ACTIVE);
            }
            if (reached.getAsLong() > watermark) {
                watermark = reached.getAsLong();
                output.emitWatermark(new Watermark(watermark));
            }
        } else if (!idle && now - openedAt > settings.idleAfter().toMillis()) {
            idle = true;
            output.emitWatermarkStatus(WatermarkStatus.IDLE);
        }
    }

    private void scheduleReference() {
        getProcessingTimeService().registerTimer(now() + ReferenceTable.REFRESH_INTERVAL.toMillis(), time -> {
            reference.refresh();
            scheduleReference();
        });
    }

    private void scheduleStatus() {
        getProcessingTimeService()
                .registerTimer(now() + settings.statusInterval().toMillis(), time -> {
                    output.collect(
                            STATUS,
                            new StreamRecord<>(Statuses.of("intake", getRuntimeContext(), now(), watermark, numbers)));
                    scheduleStatus();
                });
    }

    private long now() {
        return getProcessingTimeService().getCurrentProcessingTime();
    }

    private ArchiveWriter writer() {
        return Objects.requireNonNull(writer, "open");
    }

    private StoredIds ids() {
        return Objects.requireNonNull(ids, "open");
    }
}
