package io.trailwarden.jobs.state;

import static org.assertj.core.api.Assertions.assertThat;

import io.trailwarden.jobs.state.CheckpointFinder.Found;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.apache.flink.runtime.checkpoint.Checkpoints;
import org.apache.flink.runtime.checkpoint.OperatorState;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.runtime.checkpoint.metadata.CheckpointMetadata;
import org.apache.flink.runtime.jobgraph.OperatorID;
import org.apache.flink.runtime.state.OperatorStateHandle;
import org.apache.flink.runtime.state.OperatorStreamStateHandle;
import org.apache.flink.runtime.state.filesystem.FileStateHandle;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CheckpointFinderTest {

    @TempDir
    Path directory;

    private CheckpointFinder finder;
    private Path older;
    private Path newer;

    @BeforeEach
    void writeTwoCheckpoints() throws IOException {
        finder = new CheckpointFinder(directory);
        older = checkpoint("job-a", 9, "2026-03-02T12:00:00Z");
        newer = checkpoint("job-b", 10, "2026-03-02T12:00:05Z");
    }

    @Test
    void withoutADirectoryThereIsNothing() throws IOException {
        assertThat(new CheckpointFinder(directory.resolve("none")).newest()).isEqualTo(new Found.Nothing());
    }

    @Test
    void stateOfAnOlderFormIsRefusedWithWhatToDo() throws IOException {
        for (Path checkpoint : List.of(older, newer)) {
            CheckpointSeal.write(checkpoint);
            Path seal = directory
                    .resolve("seals")
                    .resolve(checkpoint.getParent().getFileName() + "-" + checkpoint.getFileName());
            List<String> lines = Files.readAllLines(seal);
            Files.write(seal, lines.subList(1, lines.size()));
        }

        assertThat(finder.newest())
                .asInstanceOf(InstanceOfAssertFactories.type(Found.AllDamaged.class))
                .extracting(Found.AllDamaged::explanation)
                .asString()
                .contains(newer + ": was written by another version (form 1 of state, expected: 2)")
                .contains("Move the checkpoints away to start with empty detectors");
    }

    @Test
    void aCheckpointThatAKilledProcessLeftUnsealedIsOfTheFormOfItsNeighbours() throws IOException {
        CheckpointSeal.write(older);
        assertThat(finder.newest()).isEqualTo(new Found.Usable(newer, List.of()));

        Path seal = directory.resolve("seals").resolve(older.getParent().getFileName() + "-" + older.getFileName());
        List<String> lines = Files.readAllLines(seal);
        Files.write(seal, lines.subList(1, lines.size()));
        assertThat(finder.newest()).isInstanceOf(Found.AllDamaged.class);
    }

    @Test
    void aSealedCheckpointOfThisFormIsTaken() throws IOException {
        CheckpointSeal.write(newer);
        assertThat(finder.newest()).isEqualTo(new Found.Usable(newer, List.of()));
    }

    @Test
    void theNewestOfAllJobsIsTaken() throws IOException {
        assertThat(finder.newest()).isEqualTo(new Found.Usable(newer, List.of()));
    }

    @Test
    void aCheckpointWithoutMetadataIsNone() throws IOException {
        Files.delete(newer.resolve("_metadata"));

        assertThat(finder.newest()).isEqualTo(new Found.Usable(older, List.of()));
    }

    @Test
    void truncatedMetadataFallBackToTheCheckpointBefore() throws IOException {
        Path metadata = newer.resolve("_metadata");
        byte[] bytes = Files.readAllBytes(metadata);
        write(metadata, Arrays.copyOf(bytes, bytes.length / 2));

        assertThat(usable().path()).isEqualTo(older);
        assertThat(usable().skipped())
                .extracting(CheckpointFinder.Damaged::file)
                .contains(metadata);
    }

    @Test
    void aMissingOrShortStateFileFallsBack() throws IOException {
        write(newer.resolve("state"), new byte[] {1, 2});
        assertThat(usable().skipped())
                .extracting(CheckpointFinder.Damaged::problem)
                .contains("2 bytes (expected: 100)");

        Files.delete(newer.resolve("state"));
        assertThat(usable().path()).isEqualTo(older);
        assertThat(usable().skipped())
                .extracting(CheckpointFinder.Damaged::problem)
                .contains("is missing");
    }

    @Test
    void everyFlippedBitInASealedCheckpointIsNoticed() throws IOException {
        CheckpointSeal.write(newer);
        CheckpointSeal.write(older);
        assertThat(usable().path()).isEqualTo(newer);
        for (String name : List.of("_metadata", "state")) {
            Path file = newer.resolve(name);
            byte[] good = Files.readAllBytes(file);
            for (int bit = 0; bit < good.length * 8; bit += 37) {
                byte[] bad = good.clone();
                bad[bit / 8] ^= (byte) (1 << (bit % 8));
                write(file, bad);

                assertThat(usable().path())
                        .describedAs("bit %d of %s", bit, name)
                        .isEqualTo(older);
            }
            write(file, good);
        }
        assertThat(usable().path()).isEqualTo(newer);
    }

    @Test
    void whenAllAreDamagedTheAnswerNamesTheFilesAndTheWayOut() throws IOException {
        write(older.resolve("_metadata"), new byte[] {1});
        write(newer.resolve("_metadata"), new byte[0]);

        Found found = finder.newest();

        assertThat(found).isInstanceOf(Found.AllDamaged.class);
        assertThat(((Found.AllDamaged) found).explanation())
                .contains(
                        older.resolve("_metadata").toString(),
                        newer.resolve("_metadata").toString())
                .contains("Move the checkpoints away");
    }

    @Test
    void sealsOfCheckpointsThatAreGoneAreForgotten() throws IOException {
        CheckpointSeal.write(older);
        for (String name : List.of("_metadata", "state")) {
            Files.delete(older.resolve(name));
        }
        Files.delete(older);

        CheckpointSeal.write(newer);

        try (var seals = Files.list(directory.resolve("seals"))) {
            assertThat(seals.map(path -> path.getFileName().toString())).containsExactly("jobb-chk-10");
        }
    }

    private Found.Usable usable() throws IOException {
        Found found = finder.newest();
        assertThat(found).isInstanceOf(Found.Usable.class);
        return (Found.Usable) found;
    }

    private Path checkpoint(String job, long number, String writtenAt) throws IOException {
        Path path =
                Files.createDirectories(directory.resolve(job.replace("-", "")).resolve("chk-" + number));
        Path state = path.resolve("state");
        Files.write(state, new byte[100]);
        OperatorStateHandle handle = new OperatorStreamStateHandle(
                Map.of(
                        "pending",
                        new OperatorStateHandle.StateMetaInfo(
                                new long[] {0}, OperatorStateHandle.Mode.SPLIT_DISTRIBUTE)),
                new FileStateHandle(new org.apache.flink.core.fs.Path(state.toUri()), 100));
        OperatorState operator = new OperatorState("archive", "archive", new OperatorID(), 1, 128);
        operator.putState(
                0,
                OperatorSubtaskState.builder().setManagedOperatorState(handle).build());
        Path metadata = path.resolve("_metadata");
        try (OutputStream out = Files.newOutputStream(metadata)) {
            Checkpoints.storeCheckpointMetadata(new CheckpointMetadata(number, List.of(operator), List.of()), out);
        }
        Files.setLastModifiedTime(metadata, FileTime.from(Instant.parse(writtenAt)));
        return path;
    }

    /** Without changing when it was written. */
    private static void write(Path file, byte[] bytes) throws IOException {
        FileTime before = Files.getLastModifiedTime(file);
        Files.write(file, bytes);
        Files.setLastModifiedTime(file, before);
    }
}
