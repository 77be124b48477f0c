package io.trailwarden.storage;

import static io.trailwarden.storage.TestEvents.cloudTrail;
import static io.trailwarden.storage.TestEvents.finding;
import static io.trailwarden.storage.TestEvents.origin;

import io.trailwarden.event.Finding.State;
import io.trailwarden.storage.catalog.ArchiveConfig;
import io.trailwarden.storage.catalog.PendingFiles;
import io.trailwarden.storage.findings.FindingTable;
import io.trailwarden.storage.maintenance.Maintenance;
import io.trailwarden.storage.maintenance.MaintenanceConfig;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/**
 * A process to be killed: writes and commits as a job does, keeps its "checkpoint" in a file, and maintains the tables
 * all the time. Started again, it commits what the checkpoint holds and goes on.
 */
final class KilledArchive {

    static final int PER_COMMIT = 5;
    static final MaintenanceConfig BUSY = new MaintenanceConfig(
            Duration.ofMillis(1), 3, 128L << 20, Duration.ofSeconds(1), 2, Duration.ofSeconds(10), Duration.ofDays(1));

    private KilledArchive() {}

    public static void main(String[] arguments) throws Exception {
        Path data = Path.of(arguments[0]);
        Path checkpointFile = data.resolve("checkpoint");
        try (Archive archive = Archive.open(ArchiveConfig.local(data));
                Maintenance maintenance = archive.maintenance(BUSY, Clock.systemUTC())) {
            long checkpoint = 0;
            if (Files.exists(checkpointFile)) {
                String[] saved = Files.readString(checkpointFile).split("\n", 2);
                checkpoint = Long.parseLong(saved[0]);
                PendingFiles pending =
                        PendingFiles.fromBytes(saved[1].getBytes(java.nio.charset.StandardCharsets.UTF_8));
                archive.commit("chaos", checkpoint, List.of(pending));
            }
            maintenance.start();
            FindingTable findings = archive.findings();
            System.out.println("ready");
            try (ArchiveWriter writer = archive.newWriter("chaos", checkpoint)) {
                while (true) {
                    for (int i = 0; i < PER_COMMIT; i++) {
                        long number = checkpoint * PER_COMMIT + i;
                        String day = "2026-03-0" + (1 + number % 2);
                        writer.write(cloudTrail("e" + number, day + "T10:00:00Z", origin("a", number)));
                    }
                    checkpoint++;
                    PendingFiles pending = writer.flush(checkpoint, Map.of());
                    save(
                            checkpointFile,
                            checkpoint + "\n" + new String(pending.toBytes(), java.nio.charset.StandardCharsets.UTF_8));
                    archive.commit("chaos", checkpoint, List.of(pending));
                    findings.append(List.of(finding("f" + checkpoint % 10, checkpoint, State.OPEN)));
                    System.out.println("committed " + checkpoint);
                }
            }
        }
    }

    private static void save(Path file, String text) throws Exception {
        Path next = file.resolveSibling("checkpoint.next");
        Files.writeString(next, text);
        try (FileChannel channel = FileChannel.open(next, StandardOpenOption.WRITE)) {
            channel.force(true);
        }
        Files.move(next, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }
}
