package io.trailwarden.jobs.state;

import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.apache.flink.runtime.checkpoint.Checkpoints;
import org.apache.flink.runtime.checkpoint.metadata.CheckpointMetadata;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finds the checkpoint to go on from in a local directory of checkpoints ({@code <job>/chk-<n>}).
 *
 * <p>A damaged newest one falls back to the one before: what was stored since then is recognised and not stored again.
 * When all are damaged the answer says so; the job must not start silently empty.
 */
public final class CheckpointFinder {

    private static final Logger LOG = LoggerFactory.getLogger(CheckpointFinder.class);
    private static final String METADATA = "_metadata";

    private final Path directory;

    /** Looks below this directory, which need not exist yet. */
    public CheckpointFinder(Path directory) {
        this.directory = directory;
    }

    /** What was found. */
    public sealed interface Found {

        /** There is no checkpoint: a first start. */
        record Nothing() implements Found {}

        /**
         * Go on from here.
         *
         * @param path the checkpoint's directory, for Flink's recovery path
         * @param skipped newer ones that are damaged, newest first
         */
        record Usable(Path path, List<Damaged> skipped) implements Found {}

        /** There are checkpoints, but none can be read. */
        record AllDamaged(List<Damaged> damaged) implements Found {

            /** For people: which files, and what can be done. */
            public String explanation() {
                StringBuilder text = new StringBuilder("no checkpoint can be read:");
                damaged.forEach(one ->
                        text.append("\n  ").append(one.file()).append(": ").append(one.problem()));
                return text.append(
                                "\nMove the checkpoints away to start with empty detectors: the tables still know which"
                                        + " records are stored, and detection runs again over what Kafka and the sources hold.")
                        .toString();
            }
        }
    }

    /** A file that is not what its checkpoint needs. */
    public record Damaged(Path file, String problem) {}

    /**
     * The newest usable checkpoint.
     *
     * @throws IOException if the directory itself cannot be listed
     */
    public Found newest() throws IOException {
        List<Damaged> damaged = new ArrayList<>();
        for (Path metadata : newestFirst()) {
            List<Damaged> problems = problems(metadata);
            if (problems.isEmpty()) {
                damaged.forEach(one -> LOG.warn("Skipping a damaged checkpoint: {}: {}", one.file(), one.problem()));
                return new Found.Usable(checkpointOf(metadata), List.copyOf(damaged));
            }
            damaged.addAll(problems);
        }
        return damaged.isEmpty() ? new Found.Nothing() : new Found.AllDamaged(List.copyOf(damaged));
    }

    private List<Path> newestFirst() throws IOException {
        if (!Files.isDirectory(directory)) {
            return List.of();
        }
        record Dated(Path path, FileTime time, long number) {}
        List<Dated> found = new ArrayList<>();
        try (Stream<Path> files = Files.find(directory, 3, (path, attributes) -> path.getFileName()
                .toString()
                .equals(METADATA))) {
            for (Path path : files.toList()) {
                found.add(new Dated(path, Files.getLastModifiedTime(path), number(checkpointOf(path))));
            }
        }
        return found.stream()
                .sorted(Comparator.comparing(Dated::time)
                        .thenComparing(Dated::number)
                        .reversed())
                .map(Dated::path)
                .toList();
    }

    /** Metadata is found below a directory, so there is always one. */
    private static Path checkpointOf(Path metadata) {
        return Objects.requireNonNull(metadata.getParent(), metadata::toString);
    }

    private static long number(Path checkpoint) {
        String name = checkpoint.getFileName().toString();
        try {
            return Long.parseLong(name.substring(name.lastIndexOf('-') + 1));
        } catch (NumberFormatException e) {
            return -1;
        }
    }

    private static List<Damaged> problems(Path metadata) throws IOException {
        CheckpointMetadata checkpoint;
        try (DataInputStream in = new DataInputStream(new BufferedInputStream(Files.newInputStream(metadata)))) {
            checkpoint = Checkpoints.loadCheckpointMetadata(
                    in,
                    CheckpointFinder.class.getClassLoader(),
                    checkpointOf(metadata).toString());
        } catch (NoSuchFileException e) {
            return List.of(new Damaged(metadata, "is gone"));
        } catch (IOException | RuntimeException e) {
            // A damaged length or class name makes Flink's reader fail in ways of its own.
            return List.of(new Damaged(metadata, "cannot be read: " + e));
        }
        List<Damaged> problems = new ArrayList<>(CheckpointSeal.problems(directoryOf(metadata)));
        for (CheckpointFiles.StateFile file : CheckpointFiles.of(checkpoint)) {
            if (!Files.isRegularFile(file.path())) {
                problems.add(new Damaged(file.path(), "is missing"));
            } else if (Files.size(file.path()) != file.size()) {
                problems.add(
                        new Damaged(file.path(), Files.size(file.path()) + " bytes (expected: " + file.size() + ")"));
            }
        }
        return problems;
    }

    private static Path directoryOf(Path metadata) {
        Path parent = metadata.getParent();
        return parent == null ? Path.of("") : parent;
    }
}
