package io.trailwarden.benchmarks;

import io.trailwarden.ingest.custody.Custody;
import io.trailwarden.ingest.custody.DigestFile;
import io.trailwarden.ingest.custody.DigestFolder;
import io.trailwarden.ingest.custody.ObjectHash;
import io.trailwarden.ingest.custody.PublicKeys;
import io.trailwarden.testing.aws.SignedTrail;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** How fast a chain of digests and the objects under it are verified, from files to the report. */
public final class CustodySpeed {

    private static final int ROUNDS = 5;

    private CustodySpeed() {}

    /** Runs it: {@code --hours N --objects N} in each hour, {@code --records N} in each object. */
    public static void main(String[] args) throws IOException {
        Arguments arguments = Arguments.parse(args, Map.of("hours", "25", "objects", "40", "records", "200"));
        SignedTrail trail = SignedTrail.of(
                Instant.parse("2026-03-02T00:00:00Z"),
                (int) arguments.number("hours"),
                (int) arguments.number("objects"),
                (int) arguments.number("records"));
        Path folder = Files.createTempDirectory("custody");
        trail.write(folder);
        PublicKeys keys = PublicKeys.read(trail.publicKeys().getBytes(StandardCharsets.UTF_8));
        long bytes = trail.objects().values().stream()
                .mapToLong(content -> content.length)
                .sum();
        for (int round = 1; round <= ROUNDS; round++) {
            long began = System.nanoTime();
            List<DigestFile> digests = DigestFolder.read(folder);
            List<ObjectHash> objects = DigestFolder.objects(folder);
            Custody.Report report = Custody.verify(digests, objects, keys);
            double seconds = Duration.ofNanos(System.nanoTime() - began).toNanos() / 1e9;
            if (!report.problems().isEmpty() || report.proven().size() != objects.size()) {
                throw new IllegalStateException("a sound chain is not proven: " + report.problems());
            }
            System.out.printf(
                    Locale.ROOT,
                    "round %d: %d digests, %,d files, %.1f MB proven in %.3f s: %,.0f files/s, %.0f MB/s%n",
                    round,
                    report.digests(),
                    objects.size(),
                    bytes / 1e6,
                    seconds,
                    objects.size() / seconds,
                    bytes / 1e6 / seconds);
        }
    }
}
