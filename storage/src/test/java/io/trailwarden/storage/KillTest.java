package io.trailwarden.storage;

import static org.assertj.core.api.Assertions.assertThat;

import io.trailwarden.storage.catalog.ArchiveConfig;
import io.trailwarden.storage.catalog.PendingFiles;
import io.trailwarden.storage.catalog.TableLayouts;
import io.trailwarden.storage.findings.FindingQuery;
import io.trailwarden.storage.maintenance.Maintenance;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** kill -9 while files are written, committed, merged, expired and removed, all at once. */
class KillTest {

    private static final int KILLS = Integer.getInteger("storage.kills", 6);

    @TempDir
    Path data;

    @Test
    void nothing_is_lost_or_doubled_however_often_the_process_is_killed() throws Exception {
        Random random = new Random(Long.getLong("storage.seed", 1));
        long committed = 0;
        for (int kill = 0; kill < KILLS; kill++) {
            Process child = new ProcessBuilder(
                            Path.of(System.getProperty("java.home"), "bin", "java")
                                    .toString(),
                            "-XX:TieredStopAtLevel=1",
                            "-Xmx256m",
                            "-XX:+UseSerialGC",
                            "-cp",
                            System.getProperty("java.class.path"),
                            KilledArchive.class.getName(),
                            data.toString())
                    .redirectError(ProcessBuilder.Redirect.INHERIT)
                    .start();
            try (BufferedReader out =
                    new BufferedReader(new InputStreamReader(child.getInputStream(), StandardCharsets.UTF_8))) {
                assertThat(out.readLine()).isEqualTo("ready");
                int commits = 1 + random.nextInt(15);
                for (int i = 0; i < commits; i++) {
                    committed = Long.parseLong(out.readLine().substring("committed ".length()));
                }
                // Not only right after a commit.
                LockSupport.parkNanos(TimeUnit.MICROSECONDS.toNanos(random.nextInt(100_000)));
                // Unlike Process.destroyForcibly this leaves what it said to be read.
                child.toHandle().destroyForcibly();
                child.waitFor();
                for (String line; (line = out.readLine()) != null && line.matches("committed \\d+"); ) {
                    committed = Long.parseLong(line.substring("committed ".length()));
                }
            } finally {
                child.destroyForcibly();
            }
        }
        try (Archive archive = Archive.open(ArchiveConfig.local(data))) {
            String[] saved = Files.readString(data.resolve("checkpoint")).split("\n", 2);
            long checkpoint = Long.parseLong(saved[0]);
            assertThat(checkpoint).isBetween(committed, committed + 1);
            archive.commit(
                    "chaos",
                    checkpoint,
                    java.util.List.of(PendingFiles.fromBytes(saved[1].getBytes(StandardCharsets.UTF_8))));

            assertThat(Rows.texts(archive, TableLayouts.CLOUDTRAIL, "event_id"))
                    .isEqualTo(LongStream.range(0, checkpoint * KilledArchive.PER_COMMIT)
                            .mapToObj(number -> "e" + number)
                            .sorted()
                            .toList());
            assertThat(archive.ledger().verify().agrees()).isTrue();
            assertThat(archive.findings().list(FindingQuery.ALL))
                    .extracting(finding -> finding.revision() % 10 + "" + finding.id())
                    .allMatch(text -> text.charAt(0) == text.charAt(2));

            try (Maintenance maintenance = archive.maintenance(
                    KilledArchive.BUSY, Clock.offset(Clock.systemUTC(), java.time.Duration.ofDays(2)))) {
                maintenance.runOnce();
            }
            int known = archive.tableFiles().stream()
                    .mapToInt(table -> table.locations().size())
                    .sum();
            try (var files = Files.walk(data.resolve("warehouse"))) {
                assertThat(files.filter(file -> file.toString().endsWith(".parquet"))
                                .count())
                        .as("files that nothing refers to are gone")
                        .isBetween((long) known, (long) known + 20);
            }
        }
    }
}
