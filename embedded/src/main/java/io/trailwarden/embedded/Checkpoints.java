package io.trailwarden.embedded;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/**
 * The completed checkpoints below one directory, {@code <job id>/chk-<number>/_metadata}, of this run's job and of
 * earlier ones.
 *
 * <p>Flink writes {@code _metadata} last and in one step, so a checkpoint that has it is complete even if the process
 * was killed.
 */
public final class Checkpoints {

    private final Path directory;

    Checkpoints(Path directory) {
        this.directory = directory;
    }

    /** Where they are. */
    public Path directory() {
        return directory;
    }

    /** Every complete checkpoint, the newest first. */
    public List<Path> newestFirst() {
        record Found(Path path, long millis, long number) {}
        List<Found> found = new ArrayList<>();
        for (Path job : children(directory)) {
            for (Path checkpoint : children(job)) {
                String name = checkpoint.getFileName().toString();
                Path metadata = checkpoint.resolve("_metadata");
                if (name.matches("chk-[0-9]{1,18}") && Files.isRegularFile(metadata)) {
                    found.add(new Found(checkpoint, modified(metadata), Long.parseLong(name.substring(4))));
                }
            }
        }
        // A restored job continues the numbers, so the number orders what the clock cannot tell apart.
        found.sort(Comparator.comparingLong(Found::millis)
                .thenComparingLong(Found::number)
                .reversed());
        return found.stream().map(Found::path).toList();
    }

    /**
     * Deletes what earlier jobs left, once the given job has a complete checkpoint of its own; before that it deletes
     * nothing.
     *
     * @return whether earlier jobs' files are gone
     */
    public boolean dropEarlierThan(FlinkJob job) {
        Path own = directory.resolve(job.id());
        boolean hasOwn = newestFirst().stream().anyMatch(checkpoint -> checkpoint.startsWith(own));
        if (!hasOwn) {
            return false;
        }
        for (Path other : children(directory)) {
            if (!other.equals(own)) {
                deleteTree(other);
            }
        }
        return true;
    }

    private static List<Path> children(Path parent) {
        if (!Files.isDirectory(parent)) {
            return List.of();
        }
        try (Stream<Path> list = Files.list(parent)) {
            return list.sorted().toList();
        } catch (NoSuchFileException e) {
            return List.of();
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot list " + parent, e);
        }
    }

    private static long modified(Path file) {
        try {
            return Files.getLastModifiedTime(file).toMillis();
        } catch (IOException e) {
            return 0;
        }
    }

    private static void deleteTree(Path root) {
        try (Stream<Path> tree = Files.walk(root)) {
            for (Path path : tree.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(path);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot delete old checkpoints in " + root, e);
        }
    }
}
