package io.trailwarden.jobs.state;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.apache.flink.runtime.checkpoint.OperatorState;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.runtime.checkpoint.metadata.CheckpointMetadata;
import org.apache.flink.runtime.state.IncrementalRemoteKeyedStateHandle;
import org.apache.flink.runtime.state.KeyGroupsStateHandle;
import org.apache.flink.runtime.state.KeyedStateHandle;
import org.apache.flink.runtime.state.OperatorStateHandle;
import org.apache.flink.runtime.state.StreamStateHandle;
import org.apache.flink.runtime.state.filesystem.FileStateHandle;

/** The local files that a checkpoint's metadata refers to. Small states live in the metadata itself. */
final class CheckpointFiles {

    /** A file and the size it must have. */
    record StateFile(Path path, long size) {}

    private final List<StateFile> files = new ArrayList<>();

    private CheckpointFiles() {}

    static List<StateFile> of(CheckpointMetadata metadata) {
        CheckpointFiles found = new CheckpointFiles();
        for (OperatorState operator : metadata.getOperatorStates()) {
            operator.getStates().forEach(found::add);
        }
        return found.files.stream().distinct().toList();
    }

    private void add(OperatorSubtaskState subtask) {
        for (OperatorStateHandle handle : subtask.getManagedOperatorState()) {
            add(handle.getDelegateStateHandle());
        }
        for (OperatorStateHandle handle : subtask.getRawOperatorState()) {
            add(handle.getDelegateStateHandle());
        }
        subtask.getManagedKeyedState().forEach(this::add);
        subtask.getRawKeyedState().forEach(this::add);
    }

    private void add(KeyedStateHandle handle) {
        if (handle instanceof KeyGroupsStateHandle groups) {
            add(groups.getDelegateStateHandle());
        } else if (handle instanceof IncrementalRemoteKeyedStateHandle incremental) {
            add(incremental.getMetaDataStateHandle());
            incremental.streamSubHandles().forEach(this::add);
        }
    }

    private void add(StreamStateHandle handle) {
        if (handle instanceof FileStateHandle file) {
            files.add(new StateFile(Path.of(file.getFilePath().getPath()), file.getStateSize()));
        }
    }
}
