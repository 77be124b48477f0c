package io.trailwarden.jobs.intake;

import io.trailwarden.jobs.archive.ArchiveCommitter;
import io.trailwarden.jobs.archive.PendingCheckpoint;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalLong;
import java.util.TreeSet;
import org.apache.flink.api.common.state.ListState;
import org.apache.flink.api.common.state.ListStateDescriptor;
import org.apache.flink.api.common.state.OperatorStateStore;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.jspecify.annotations.Nullable;

/**
 * One intake subtask's memory of who wrote what: the runs that the detection state has seen, and the files that may not
 * be in the tables yet. Given to every subtask on restore, because partitions may change hands.
 *
 * <p>Restoring a checkpoint begins a new run, and within one run checkpoint numbers only ascend.
 */
final class Lineages {

    private final List<PendingCheckpoint> restored = new ArrayList<>();
    private final List<PendingCheckpoint> unknown = new ArrayList<>();
    private final Map<String, Long> detected = new HashMap<>();
    private final TreeSet<Long> prepared = new TreeSet<>();
    private String lineage = "";
    private long lastCheckpoint;
    private @Nullable ListState<Ancestor> ancestorState;
    private @Nullable ListState<PendingCheckpoint> pendingState;

    void open(OperatorStateStore states, String thisLineage, long restoredCheckpoint) throws Exception {
        lineage = thisLineage;
        lastCheckpoint = restoredCheckpoint;
        ancestorState =
                states.getUnionListState(new ListStateDescriptor<>("ancestors", TypeInformation.of(Ancestor.class)));
        pendingState = states.getUnionListState(
                new ListStateDescriptor<>("pending", TypeInformation.of(PendingCheckpoint.class)));
        for (Ancestor ancestor : ancestorState.get()) {
            detected.merge(ancestor.lineage(), ancestor.checkpoint(), Math::max);
        }
        for (PendingCheckpoint pending : pendingState.get()) {
            restored.add(pending);
        }
    }

    /** This run. */
    String own() {
        return lineage;
    }

    /** Up to which checkpoint of which run the restored state has seen all events. */
    Map<String, Long> detected() {
        return Map.copyOf(detected);
    }

    /** Restored files that the tables may not have yet. */
    List<PendingCheckpoint> pending() {
        return List.copyOf(restored);
    }

    /** The latest checkpoint that was restored or prepared. */
    long lastCheckpoint() {
        return lastCheckpoint;
    }

    /** The files of a checkpoint are written. */
    void flushed(long checkpoint, String feed, byte @Nullable [] files) {
        lastCheckpoint = checkpoint;
        prepared.add(checkpoint);
        if (files != null) {
            unknown.add(new PendingCheckpoint(lineage, checkpoint, feed, files));
        }
    }

    void snapshot(int subtask, long checkpoint) throws Exception {
        List<Ancestor> ancestors = new ArrayList<>();
        ancestors.add(new Ancestor(lineage, checkpoint));
        if (subtask == 0) {
            detected.forEach((run, upTo) -> ancestors.add(new Ancestor(run, upTo)));
        }
        Objects.requireNonNull(ancestorState, "open").update(ancestors);
        List<PendingCheckpoint> pending = new ArrayList<>(unknown);
        if (subtask == 0) {
            pending.addAll(restored);
        }
        Objects.requireNonNull(pendingState, "open").update(pending);
    }

    /**
     * A checkpoint is complete. The committer took part in it, and it commits everything older before it does: see
     * {@link ArchiveCommitter#snapshotState}. So all older files are in the tables, those of this one perhaps not yet.
     *
     * @return the latest checkpoint of this run that is certainly in the tables
     */
    OptionalLong completed(long checkpoint) {
        restored.clear();
        unknown.removeIf(pending -> pending.checkpoint() < checkpoint);
        Long older = prepared.lower(checkpoint);
        if (older == null) {
            return OptionalLong.empty();
        }
        prepared.headSet(checkpoint).clear();
        return OptionalLong.of(older);
    }
}
