package io.trailwarden.jobs.archive;

import static java.util.stream.Collectors.toList;

import io.trailwarden.event.JobStatus;
import io.trailwarden.jobs.archive.OffsetCommitter.OffsetsRefusedException;
import io.trailwarden.jobs.operator.JobSettings;
import io.trailwarden.jobs.operator.Numbers;
import io.trailwarden.jobs.operator.Statuses;
import io.trailwarden.jobs.state.CheckpointSeal;
import io.trailwarden.storage.Archive;
import io.trailwarden.storage.catalog.ArchiveConfig;
import io.trailwarden.storage.catalog.PendingFiles;
import java.io.IOException;
import java.net.URI;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Objects;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.apache.flink.api.common.state.ListState;
import org.apache.flink.api.common.state.ListStateDescriptor;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.runtime.state.StateInitializationContext;
import org.apache.flink.runtime.state.StateSnapshotContext;
import org.apache.flink.streaming.api.operators.AbstractStreamOperator;
import org.apache.flink.streaming.api.operators.OneInputStreamOperator;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/**
 * Makes the files of a complete checkpoint part of the tables, then says how far the tables reach. One subtask.
 *
 * <p>What arrived before a checkpoint's barrier is that checkpoint's, and part of its state: after a crash between
 * checkpoint and commit it is committed on restore. Repeating a commit is harmless.
 */
public final class ArchiveCommitter extends AbstractStreamOperator<JobStatus>
        implements OneInputStreamOperator<Flushed, JobStatus> {

    private static final long serialVersionUID = 1L;

    private final ArchiveConfig archiveConfig;
    private final OffsetCommitter storedOffsets;
    private final String feed;
    private final JobSettings settings;

    private transient List<Flushed> arrived;
    private transient NavigableMap<Long, List<PendingCheckpoint>> waiting;
    private transient Map<TopicPartition, Long> reached;
    private transient Map<TopicPartition, Long> told;
    private transient @Nullable ListState<PendingCheckpoint> state;
    private transient @Nullable Archive archive;
    private transient String job;
    private transient long committedMillis;
    private transient long lastCheckpoint;
    private transient Numbers.Count commits;
    private transient Numbers.Count rows;
    private transient Numbers.Count offsetsRefused;
    private transient Numbers numbers;

    public ArchiveCommitter(ArchiveConfig archive, OffsetCommitter storedOffsets, String feed, JobSettings settings) {
        this.archiveConfig = archive;
        this.storedOffsets = storedOffsets;
        this.feed = feed;
        this.settings = settings;
    }

    @Override
    public void initializeState(StateInitializationContext context) throws Exception {
        super.initializeState(context);
        arrived = new ArrayList<>();
        waiting = new TreeMap<>();
        reached = new HashMap<>();
        told = new HashMap<>();
        job = getRuntimeContext().getJobInfo().getJobId().toString();
        numbers = new Numbers(getMetricGroup());
        commits = numbers.count("commits");
        rows = numbers.count("rows");
        offsetsRefused = numbers.count("offsetsRefused");
        numbers.gauge("commitMillis", () -> committedMillis);
        numbers.gauge("checkpoint", () -> lastCheckpoint);
        archive = Archive.open(archiveConfig);
        state = context.getOperatorStateStore()
                .getListState(new ListStateDescriptor<>("pending", TypeInformation.of(PendingCheckpoint.class)));
        for (PendingCheckpoint pending : state.get()) {
            waiting.computeIfAbsent(pending.checkpoint(), unused -> new ArrayList<>())
                    .add(pending);
        }
    }

    @Override
    public void open() throws Exception {
        super.open();
        // All that a restored checkpoint holds was complete with it.
        commitUpTo(Long.MAX_VALUE);
        tellOffsets();
        scheduleStatus();
    }

    @Override
    public void processElement(StreamRecord<Flushed> element) {
        arrived.add(element.getValue());
    }

    /**
     * Takes part in a checkpoint only after everything older is in the tables, so that the intake may forget it when
     * this checkpoint is complete. Usually it is there already. Files of an older checkpoint that failed may be among
     * it; the tables then know records that the detectors would not after a restore, and the intake tells those apart.
     */
    @Override
    public void snapshotState(StateSnapshotContext context) throws Exception {
        super.snapshotState(context);
        commitUpTo(context.getCheckpointId() - 1);
        List<PendingCheckpoint> now = waiting.computeIfAbsent(context.getCheckpointId(), unused -> new ArrayList<>());
        for (Flushed flushed : arrived) {
            now.add(new PendingCheckpoint(
                    flushed.lineage(), context.getCheckpointId(), flushed.feed(), flushed.files()));
        }
        arrived.clear();
        List<PendingCheckpoint> all = new ArrayList<>();
        waiting.values().forEach(all::addAll);
        Objects.requireNonNull(state, "open").update(all);
    }

    @Override
    public void notifyCheckpointComplete(long checkpointId) throws Exception {
        super.notifyCheckpointComplete(checkpointId);
        commitUpTo(checkpointId);
        lastCheckpoint = checkpointId;
        tellOffsets();
        seal(checkpointId);
    }

    @Override
    public void close() throws Exception {
        super.close();
        storedOffsets.close();
        if (archive != null) {
            archive.close();
        }
    }

    private void commitUpTo(long checkpoint) {
        NavigableMap<Long, List<PendingCheckpoint>> due = waiting.headMap(checkpoint, true);
        for (List<PendingCheckpoint> parts : due.values()) {
            // One checkpoint's parts are of one run, as all tasks of this job restart together.
            Map<String, List<PendingCheckpoint>> byRun =
                    parts.stream().collect(Collectors.groupingBy(PendingCheckpoint::lineage, TreeMap::new, toList()));
            byRun.values().forEach(this::commit);
        }
        due.clear();
    }

    private void commit(List<PendingCheckpoint> parts) {
        long start = System.nanoTime();
        List<PendingFiles> files = new ArrayList<>();
        for (PendingCheckpoint part : parts) {
            PendingFiles read = PendingFiles.fromBytes(part.files());
            files.add(read);
            rows.add(read.rows().values().stream().mapToLong(Long::longValue).sum());
            if (part.feed().equals(feed)) {
                read.offsets().forEach((name, next) -> reached.merge(PartitionNames.parse(name), next, Math::max));
            }
        }
        PendingCheckpoint first = parts.get(0);
        if (Objects.requireNonNull(archive, "open").commit(first.lineage(), first.checkpoint(), files)) {
            commits.increment();
        }
        committedMillis = (System.nanoTime() - start) / 1_000_000;
    }

    /** Kafka refusing is no reason to stop: the tables are right, and the next checkpoint tells the same and more. */
    private void tellOffsets() {
        Map<TopicPartition, Long> news = new HashMap<>(reached);
        news.entrySet().removeAll(told.entrySet());
        if (news.isEmpty()) {
            return;
        }
        try {
            storedOffsets.commit(news);
            told.putAll(news);
        } catch (OffsetsRefusedException e) {
            offsetsRefused.increment();
            LOG.warn("Tables are stored, but ingesters do not know it yet", e);
        }
    }

    private void seal(long checkpointId) {
        URI checkpoints = settings.checkpoints();
        if (!"file".equals(checkpoints.getScheme())) {
            return;
        }
        Path checkpoint = Path.of(checkpoints).resolve(job).resolve("chk-" + checkpointId);
        try {
            CheckpointSeal.write(checkpoint);
        } catch (NoSuchFileException e) {
            LOG.debug("Checkpoint {} has already given way to a newer one", checkpoint);
        } catch (IOException e) {
            LOG.warn("Checkpoint {} has no seal: damage to it may go unnoticed", checkpoint, e);
        }
    }

    private void scheduleStatus() {
        long now = getProcessingTimeService().getCurrentProcessingTime();
        getProcessingTimeService().registerTimer(now + settings.statusInterval().toMillis(), time -> {
            output.collect(
                    new StreamRecord<>(Statuses.of("archive", getRuntimeContext(), time, Long.MIN_VALUE, numbers)));
            scheduleStatus();
        });
    }
}
