package io.trailwarden.jobs.state;

import io.trailwarden.jobs.state.CheckpointFinder.Damaged;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * Checksums of a complete checkpoint's files, so that a flipped bit is found before the job starts from it. Flink itself
 * notices only damage that breaks its formats.
 *
 * <p>The seal of {@code <checkpoints>/<job>/chk-<n>} is the file {@code <checkpoints>/seals/<job>-chk-<n>}: beside the
 * checkpoint's own directory, which Flink must find empty when it deletes it. Lines: {@code form}, a space and
 * {@link #FORM}; then of each file CRC-32C in hex, a space, and its name. A checkpoint without a seal (the process died in
 * between) is judged by its formats and sizes alone.
 */
public final class CheckpointSeal {

    /**
     * The form of state, raised when a job can no longer read what the one before wrote. 1 (without a line in the seal):
     * signals and keys as texts; 2: keys and news by their detectors' own types.
     */
    public static final int FORM = 2;

    private static final String SEALS = "seals";
    private static final String FORM_LINE = "form ";

    private CheckpointSeal() {}

    /** Seals this checkpoint, and forgets the seals of checkpoints that are gone. */
    public static void write(Path checkpoint) throws IOException {
        StringBuilder text = new StringBuilder().append(FORM_LINE).append(FORM).append('\n');
        for (Path file : files(checkpoint)) {
            text.append(checksum(file)).append(' ').append(file.getFileName()).append('\n');
        }
        Path seals = sealsOf(checkpoint);
        Path seal = sealOf(checkpoint);
        Files.createDirectories(seals);
        Path draft = Files.createTempFile(seals, "draft", ".tmp");
        Files.writeString(draft, text);
        Files.move(draft, seal, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        forgetOrphans(seals);
    }

    /** What is not as it was sealed; empty when all is well or nothing was sealed. */
    static List<Damaged> problems(Path checkpoint) throws IOException {
        List<String> lines;
        try {
            lines = Files.readAllLines(sealOf(checkpoint), StandardCharsets.UTF_8);
        } catch (NoSuchFileException e) {
            lines = neighbour(sealOf(checkpoint));
            if (lines == null || form(lines).equals(Integer.toString(FORM))) {
                return List.of();
            }
        }
        if (!form(lines).equals(Integer.toString(FORM))) {
            return List.of(new Damaged(
                    checkpoint,
                    "was written by another version (form " + form(lines) + " of state, expected: " + FORM + ")"));
        }
        List<Damaged> damaged = new ArrayList<>();
        for (String line : lines.subList(1, lines.size())) {
            int space = line.indexOf(' ');
            Path file = checkpoint.resolve(line.substring(space + 1));
            if (!Files.isRegularFile(file)) {
                damaged.add(new Damaged(file, "is missing"));
            } else if (!checksum(file).equals(line.substring(0, Math.max(0, space)))) {
                damaged.add(new Damaged(file, "differs from what was written (checksum)"));
            }
        }
        return damaged;
    }

    private static String form(List<String> lines) {
        return lines.isEmpty() || !lines.get(0).startsWith(FORM_LINE)
                ? "1"
                : lines.get(0).substring(FORM_LINE.length());
    }

    /** Another seal beside this one: no version starts on checkpoints of another, so all of them are of one form. */
    private static @Nullable List<String> neighbour(Path seal) throws IOException {
        Path seals = seal.getParent();
        if (seals == null || !Files.isDirectory(seals)) {
            return null;
        }
        try (Stream<Path> all = Files.list(seals)) {
            Path one = all.filter(path -> path.getFileName().toString().contains("-chk-"))
                    .min(Comparator.naturalOrder())
                    .orElse(null);
            return one == null ? null : Files.readAllLines(one, StandardCharsets.UTF_8);
        }
    }

    private static Path sealOf(Path checkpoint) {
        return sealsOf(checkpoint).resolve(jobOf(checkpoint).getFileName() + "-" + checkpoint.getFileName());
    }

    private static Path sealsOf(Path checkpoint) {
        return jobOf(checkpoint).resolveSibling(SEALS);
    }

    /** Flink keeps a checkpoint in its job's directory. */
    private static Path jobOf(Path checkpoint) {
        return Objects.requireNonNull(checkpoint.toAbsolutePath().getParent(), checkpoint::toString);
    }

    private static void forgetOrphans(Path seals) throws IOException {
        try (Stream<Path> all = Files.list(seals)) {
            for (Path seal : all.toList()) {
                String name = seal.getFileName().toString();
                int dash = name.indexOf('-');
                if (dash > 0
                        && !Files.isDirectory(
                                seals.resolveSibling(name.substring(0, dash)).resolve(name.substring(dash + 1)))) {
                    Files.deleteIfExists(seal);
                }
            }
        }
    }

    private static List<Path> files(Path checkpoint) throws IOException {
        try (Stream<Path> all = Files.list(checkpoint)) {
            return all.filter(Files::isRegularFile).sorted().toList();
        }
    }

    private static String checksum(Path file) throws IOException {
        CRC32C crc = new CRC32C();
        byte[] buffer = new byte[1 << 16];
        try (InputStream in = Files.newInputStream(file)) {
            for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
                crc.update(buffer, 0, read);
            }
        }
        return HexFormat.of().toHexDigits((int) crc.getValue());
    }
}
