package io.trailwarden.storage.ids;

import static io.trailwarden.storage.TestEvents.cloudTrail;
import static io.trailwarden.storage.TestEvents.deadLetter;
import static io.trailwarden.storage.TestEvents.execution;
import static io.trailwarden.storage.TestEvents.origin;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.trailwarden.event.CloudTrailEvent;
import io.trailwarden.event.Origin;
import io.trailwarden.storage.Archive;
import io.trailwarden.storage.ArchiveWriter;
import io.trailwarden.storage.Rows;
import io.trailwarden.storage.TestEvents;
import io.trailwarden.storage.catalog.ArchiveConfig;
import io.trailwarden.storage.catalog.Duplicate;
import io.trailwarden.storage.catalog.PendingFiles;
import io.trailwarden.storage.catalog.TableLayouts;
import io.trailwarden.storage.files.LocalFileIO;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StoredIdsTest {

    private static final String DAY1 = "2026-03-01T10:00:00Z";
    private static final String DAY2 = "2026-03-02T10:00:00Z";
    private static final byte[] BROKEN = {'{'};

    @TempDir
    Path data;

    @TempDir
    Path scratch;

    private Archive archive;
    private final List<String> capped = new ArrayList<>();
    private String reason = "";

    @BeforeEach
    void open() {
        archive = Archive.open(ArchiveConfig.local(data));
    }

    @AfterEach
    void close() throws Exception {
        archive.close();
    }

    private StoredIds ids(String lineage, Map<String, Long> detected) {
        return ids(lineage, detected, 64 << 20);
    }

    private StoredIds ids(String lineage, Map<String, Long> detected, long heapBytes) {
        return ids(lineage, detected, new IdMemory(heapBytes, 0, scratch));
    }

    private StoredIds ids(String lineage, Map<String, Long> detected, IdMemory memory) {
        return archive.storedIds(lineage, detected, memory, (day, known, why) -> {
            capped.add(day + ":" + known);
            reason = why;
        });
    }

    /** Stores what the outcome asks for, as the job does. */
    private static Outcome store(StoredIds ids, ArchiveWriter writer, CloudTrailEvent event) throws IOException {
        Outcome outcome = ids.claim(event);
        if (outcome.store()) {
            writer.write(event);
        }
        if (outcome.duplicate()) {
            writer.write(Duplicate.of(event));
        }
        return outcome;
    }

    @Test
    void the_first_delivery_is_new_another_a_duplicate_and_the_same_again_redelivered() {
        StoredIds ids = ids("run", Map.of());
        assertThat(ids.claim(cloudTrail("e1", DAY1, origin("a", 0)))).isEqualTo(Outcome.NEW);
        assertThat(ids.claim(cloudTrail("e1", DAY1, origin("a", 0)))).isEqualTo(Outcome.REDELIVERED);
        assertThat(ids.claim(cloudTrail("e1", DAY1, origin("b", 0)))).isEqualTo(Outcome.DUPLICATE);
        assertThat(ids.claim(cloudTrail("e1", DAY1, origin("b", 0)))).isEqualTo(Outcome.REDELIVERED);
        assertThat(ids.claim(cloudTrail("e1", DAY1, origin("a", 1)))).isEqualTo(Outcome.DUPLICATE);
        assertThat(ids.claim(cloudTrail("e1", DAY1, origin("s3:x", "a", 0)))).isEqualTo(Outcome.DUPLICATE);
        assertThat(ids.claim(cloudTrail("e2", DAY1, origin("a", 2)))).isEqualTo(Outcome.NEW);
        assertThat(ids.claim(execution(1, DAY1, origin("l", 0)))).isEqualTo(Outcome.NEW);
        assertThat(ids.claim(execution(1, DAY1, origin("l", 0)))).isEqualTo(Outcome.REDELIVERED);
        assertThat(ids.claim(execution(2, DAY1, origin("l", 1)))).isEqualTo(Outcome.NEW);
        assertThat(ids.claim(deadLetter(origin("a", 3), BROKEN))).isEqualTo(Outcome.NEW);
        assertThat(ids.claim(deadLetter(origin("a", 3), BROKEN))).isEqualTo(Outcome.REDELIVERED);
    }

    @Test
    void one_id_with_another_time_source_or_name_is_another_event_also_after_a_restart() throws Exception {
        try (ArchiveWriter writer = archive.newWriter("run1", 0)) {
            StoredIds ids = ids("run1", Map.of());
            assertThat(store(ids, writer, masked("10:00:00", "iam", "CreateUser", "a", 0)))
                    .isEqualTo(Outcome.NEW);
            assertThat(store(ids, writer, masked("10:00:01", "iam", "CreateUser", "a", 1)))
                    .isEqualTo(Outcome.NEW_UNDER_KNOWN_ID);
            assertThat(store(ids, writer, masked("10:00:00", "sts", "CreateUser", "a", 2)))
                    .isEqualTo(Outcome.NEW_UNDER_KNOWN_ID);
            assertThat(store(ids, writer, masked("10:00:00", "iam", "DeleteUser", "a", 3)))
                    .isEqualTo(Outcome.NEW_UNDER_KNOWN_ID);
            assertThat(store(ids, writer, masked("10:00:00", "iam", "CreateUser", "b", 0)))
                    .isEqualTo(Outcome.DUPLICATE);
            archive.commit("run1", 5, List.of(writer.flush(5, Map.of())));
        }
        StoredIds ids = ids("run2", Map.of("run1", 5L));
        assertThat(ids.claim(masked("10:00:01", "iam", "CreateUser", "a", 1))).isEqualTo(Outcome.REDELIVERED);
        assertThat(ids.claim(masked("10:00:00", "iam", "CreateUser", "b", 0))).isEqualTo(Outcome.REDELIVERED);
        assertThat(ids.claim(masked("10:00:00", "iam", "DeleteUser", "c", 0))).isEqualTo(Outcome.DUPLICATE);
        assertThat(ids.claim(masked("10:00:02", "iam", "CreateUser", "c", 1))).isEqualTo(Outcome.NEW_UNDER_KNOWN_ID);
    }

    private static CloudTrailEvent masked(String time, String service, String call, String object, long offset) {
        return TestEvents.cloudTrail(
                ("{\"eventVersion\":\"1.11\",\"userIdentity\":{\"type\":\"Root\",\"accountId\":\"111122223333\"},"
                                + "\"eventTime\":\"2026-03-01T" + time + "Z\",\"eventSource\":\"" + service
                                + ".amazonaws.com\",\"eventName\":\"" + call
                                + "\",\"eventID\":\"<eventId>\",\"recipientAccountId\":\"111122223333\"}")
                        .getBytes(StandardCharsets.UTF_8),
                origin(object, offset));
    }

    @Test
    void objects_of_the_same_bytes_are_two_deliveries() {
        StoredIds ids = ids("run", Map.of());
        Origin one = new Origin("file", "one.json", 0, TestEvents.sha("same"), Instant.EPOCH);
        Origin two = new Origin("file", "two.json", 0, TestEvents.sha("same"), Instant.EPOCH);
        assertThat(ids.claim(cloudTrail("e1", DAY1, one))).isEqualTo(Outcome.NEW);
        assertThat(ids.claim(cloudTrail("e1", DAY1, two))).isEqualTo(Outcome.DUPLICATE);
        assertThat(ids.claim(cloudTrail("e1", DAY1, two))).isEqualTo(Outcome.REDELIVERED);
    }

    @Test
    void what_an_earlier_run_committed_is_known_from_the_tables() throws Exception {
        try (ArchiveWriter writer = archive.newWriter("run1", 0)) {
            StoredIds ids = ids("run1", Map.of());
            store(ids, writer, cloudTrail("e1", DAY1, origin("a", 0)));
            store(ids, writer, cloudTrail("e1", DAY1, origin("b", 0)));
            writer.write(execution(1, DAY2, origin("l", 0)));
            writer.write(new Duplicate(
                    Duplicate.Kind.EXECUTION,
                    execution(1, DAY2, origin("l", 0)).eventId(),
                    null,
                    execution(1, DAY2, origin("l", 0)).eventTime(),
                    origin("m", 0)));
            writer.write(deadLetter(origin("a", 3), BROKEN));
            archive.commit("run1", 5, List.of(writer.flush(5, Map.of())));
        }
        StoredIds ids = ids("run2", Map.of("run1", 5L));
        assertThat(ids.claim(cloudTrail("e1", DAY1, origin("a", 0)))).isEqualTo(Outcome.REDELIVERED);
        assertThat(ids.claim(cloudTrail("e1", DAY1, origin("b", 0)))).isEqualTo(Outcome.REDELIVERED);
        assertThat(ids.claim(cloudTrail("e1", DAY1, origin("c", 0)))).isEqualTo(Outcome.DUPLICATE);
        assertThat(ids.claim(execution(1, DAY2, origin("l", 0)))).isEqualTo(Outcome.REDELIVERED);
        assertThat(ids.claim(execution(1, DAY2, origin("m", 0)))).isEqualTo(Outcome.REDELIVERED);
        assertThat(ids.claim(execution(1, DAY2, origin("n", 0)))).isEqualTo(Outcome.DUPLICATE);
        assertThat(ids.claim(deadLetter(origin("a", 3), BROKEN))).isEqualTo(Outcome.REDELIVERED);
        assertThat(ids.claim(deadLetter(origin("a", 4), BROKEN))).isEqualTo(Outcome.NEW);
    }

    @Test
    void a_state_restored_from_an_older_checkpoint_detects_again_what_came_after_it() throws Exception {
        try (ArchiveWriter writer = archive.newWriter("run1", 0)) {
            writer.write(cloudTrail("before", DAY1, origin("a", 0)));
            PendingFiles first = writer.flush(5, Map.of());
            writer.write(cloudTrail("after", DAY1, origin("a", 1)));
            PendingFiles second = writer.flush(6, Map.of());
            archive.commit("run1", 5, List.of(first));
            archive.commit("run1", 6, List.of(second));
        }
        StoredIds restored = ids("run2", Map.of("run1", 5L));
        assertThat(restored.claim(cloudTrail("before", DAY1, origin("a", 0)))).isEqualTo(Outcome.REDELIVERED);
        assertThat(restored.claim(cloudTrail("after", DAY1, origin("b", 1)))).isEqualTo(Outcome.DUPLICATE_UNDETECTED);
        assertThat(restored.claim(cloudTrail("after", DAY1, origin("a", 1)))).isEqualTo(Outcome.REDELIVERED);

        StoredIds empty = ids("run3", Map.of());
        assertThat(empty.claim(cloudTrail("before", DAY1, origin("a", 0)))).isEqualTo(Outcome.REDELIVERED_UNDETECTED);
        assertThat(empty.claim(cloudTrail("before", DAY1, origin("a", 0)))).isEqualTo(Outcome.REDELIVERED);

        StoredIds newest = ids("run4", Map.of("run1", 6L));
        assertThat(newest.claim(cloudTrail("after", DAY1, origin("a", 1)))).isEqualTo(Outcome.REDELIVERED);
    }

    @Test
    void files_of_a_restored_checkpoint_count_before_and_after_they_are_committed() throws Exception {
        PendingFiles pending;
        try (ArchiveWriter writer = archive.newWriter("run1", 0)) {
            writer.write(cloudTrail("e1", DAY1, origin("a", 0)));
            writer.write(deadLetter(origin("a", 1), BROKEN));
            pending = writer.flush(5, Map.of());
        }
        StoredIds before = ids("run2", Map.of("run1", 5L));
        before.include(PendingFiles.fromBytes(pending.toBytes()));
        assertThat(before.claim(cloudTrail("e1", DAY1, origin("a", 0)))).isEqualTo(Outcome.REDELIVERED);
        assertThat(before.claim(deadLetter(origin("a", 1), BROKEN))).isEqualTo(Outcome.REDELIVERED);
        assertThat(before.claim(cloudTrail("e1", DAY2, origin("a", 0)))).isEqualTo(Outcome.NEW);
        assertThatThrownBy(() -> before.include(pending)).isInstanceOf(IllegalStateException.class);

        archive.commit("run1", 5, List.of(pending));
        StoredIds after = ids("run3", Map.of("run1", 5L));
        after.include(pending);
        assertThat(after.claim(cloudTrail("e1", DAY1, origin("a", 0)))).isEqualTo(Outcome.REDELIVERED);
    }

    @Test
    void files_that_were_compacted_away_since_are_not_missed() throws Exception {
        PendingFiles pending;
        try (ArchiveWriter writer = archive.newWriter("run1", 0)) {
            writer.write(cloudTrail("e1", DAY1, origin("a", 0)));
            pending = writer.flush(5, Map.of());
        }
        Files.delete(LocalFileIO.path(pending.files().get("cloudtrail").get(0).location()));
        StoredIds ids = ids("run2", Map.of("run1", 5L));
        ids.include(pending);
        assertThat(ids.claim(cloudTrail("e1", DAY1, origin("a", 0)))).isEqualTo(Outcome.NEW);
    }

    @Test
    void memory_is_bounded_by_forgetting_committed_days_and_nothing_is_stored_twice() throws Exception {
        try (ArchiveWriter writer = archive.newWriter("run", 0)) {
            StoredIds ids = ids("run", Map.of(), 5 * 256 * 24);
            long checkpoint = 0;
            for (int round = 0; round < 2; round++) {
                for (int day = 1; day <= 10; day++) {
                    String time = String.format(java.util.Locale.ROOT, "2026-03-%02dT10:00:00Z", day);
                    for (int i = 0; i < 20; i++) {
                        Outcome outcome =
                                store(ids, writer, cloudTrail("e" + day + "-" + i, time, origin("a" + day, i)));
                        assertThat(outcome).isEqualTo(round == 0 ? Outcome.NEW : Outcome.REDELIVERED);
                    }
                    checkpoint++;
                    ids.checkpoint(checkpoint);
                    archive.commit("run", checkpoint, List.of(writer.flush(checkpoint, Map.of())));
                    ids.committed(checkpoint);
                    assertThat(ids.heapBytes()).isLessThanOrEqualTo(5 * 256 * 24);
                }
            }
        }
        assertThat(capped).isEmpty();
        assertThat(Rows.of(archive, TableLayouts.CLOUDTRAIL)).hasSize(200);
    }

    @Test
    void a_day_that_does_not_fit_is_reported_once_and_what_was_known_stays_known() {
        StoredIds ids = ids("run", Map.of(), 4096 * 24);
        for (int i = 0; i < 5000; i++) {
            assertThat(ids.claim(cloudTrail("e" + i, DAY1, origin("a", i)))).isEqualTo(Outcome.NEW);
        }
        assertThat(capped).containsExactly("20513:2867");
        assertThat(ids.heapBytes()).isLessThanOrEqualTo(4096 * 24);
        assertThat(ids.claim(cloudTrail("e0", DAY1, origin("a", 0)))).isEqualTo(Outcome.REDELIVERED);
        assertThat(ids.claim(cloudTrail("e4999", DAY1, origin("a", 4999)))).isEqualTo(Outcome.NEW);
    }

    @Test
    void a_day_that_does_not_fit_on_the_heap_goes_on_in_a_file_that_nobody_sees() throws Exception {
        try (StoredIds ids = ids("run", Map.of(), new IdMemory(1024 * 24, 16_384 * 24, scratch))) {
            for (int i = 0; i < 10_000; i++) {
                assertThat(ids.claim(cloudTrail("e" + i, DAY1, origin("a", i)))).isEqualTo(Outcome.NEW);
            }
            assertThat(ids.heapBytes()).isZero();
            assertThat(ids.fileBytes()).isEqualTo(16_384 * 24);
            assertThat(scratch).isEmptyDirectory();
            for (int i = 0; i < 1_000; i++) {
                assertThat(ids.claim(cloudTrail("e" + i, DAY1, origin("a", i)))).isEqualTo(Outcome.REDELIVERED);
                assertThat(ids.claim(cloudTrail("e" + i, DAY1, origin("b", i)))).isEqualTo(Outcome.DUPLICATE);
            }
            assertThat(capped).isEmpty();
        }
    }

    @Test
    void days_in_files_are_forgotten_when_there_are_too_many_but_only_committed_ones() throws Exception {
        IdMemory memory = new IdMemory(512 * 24, 3 * 1024 * 24, scratch);
        try (ArchiveWriter writer = archive.newWriter("run", 0);
                StoredIds ids = ids("run", Map.of(), memory)) {
            long checkpoint = 0;
            for (int round = 0; round < 2; round++) {
                for (int day = 1; day <= 6; day++) {
                    String time = String.format(java.util.Locale.ROOT, "2026-03-%02dT10:00:00Z", day);
                    for (int i = 0; i < 600; i++) {
                        assertThat(store(ids, writer, cloudTrail("e" + day + "-" + i, time, origin("a" + day, i))))
                                .isEqualTo(round == 0 ? Outcome.NEW : Outcome.REDELIVERED);
                    }
                    checkpoint++;
                    ids.checkpoint(checkpoint);
                    archive.commit("run", checkpoint, List.of(writer.flush(checkpoint, Map.of())));
                    ids.committed(checkpoint);
                    assertThat(ids.heapBytes()).isLessThanOrEqualTo(memory.heapBytes());
                    assertThat(ids.fileBytes()).isPositive().isLessThanOrEqualTo(memory.fileBytes());
                }
            }
        }
        assertThat(capped).isEmpty();
        assertThat(Rows.of(archive, TableLayouts.CLOUDTRAIL)).hasSize(3600);
    }

    @Test
    void when_files_are_full_too_it_is_reported_and_tried_again_after_the_next_commit() throws Exception {
        IdMemory memory = new IdMemory(256 * 24, 1024 * 24, scratch);
        try (StoredIds ids = ids("run", Map.of(), memory)) {
            for (int i = 0; i < 800; i++) {
                ids.claim(cloudTrail("e" + i, DAY1, origin("a", i)));
            }
            assertThat(capped).containsExactly("20513:716");
            assertThat(reason).isEqualTo("the 24576 bytes in files that a subtask may take do not suffice");
            ids.checkpoint(1);
            ids.committed(1);
            ids.claim(cloudTrail("e800", DAY1, origin("a", 800)));
            ids.claim(cloudTrail("e801", DAY1, origin("a", 801)));
            assertThat(capped).containsExactly("20513:716", "20513:716");
        }
    }

    @Test
    void a_directory_that_cannot_be_written_is_a_limit_too() throws Exception {
        Path file = Files.createFile(scratch.resolve("not-a-directory"));
        try (StoredIds ids = ids("run", Map.of(), new IdMemory(256 * 24, 1 << 20, file))) {
            for (int i = 0; i < 300; i++) {
                assertThat(ids.claim(cloudTrail("e" + i, DAY1, origin("a", i)))).isEqualTo(Outcome.NEW);
            }
            assertThat(capped).containsExactly("20513:179");
            assertThat(reason).startsWith("no file of 12288 bytes can be made in " + file + ": ");
            assertThat(ids.claim(cloudTrail("e7", DAY1, origin("a", 7)))).isEqualTo(Outcome.REDELIVERED);
        }
    }

    /** Any interleaving of deliveries, checkpoints, late commits and restarts gives every delivery one outcome. */
    @Test
    void random_runs_with_restarts_agree_with_a_set_of_deliveries() throws Exception {
        for (int seed = 0; seed < 4; seed++) {
            Random random = new Random(seed);
            Path folder = Files.createDirectory(data.resolve("seed" + seed));
            try (Archive fresh = Archive.open(ArchiveConfig.local(folder))) {
                new RandomRun(fresh, folder, random).run();
            }
        }
    }

    /** Plays a job that is killed now and then and restored from its newest completed checkpoint. */
    private static final class RandomRun {
        private final Archive archive;
        private final Path folder;
        private final Random random;
        /** What is durable: deliveries that the restored source will not bring again. */
        private int restoredPosition;

        private final List<int[]> deliveries = new ArrayList<>();

        RandomRun(Archive archive, Path folder, Random random) {
            this.archive = archive;
            this.folder = folder;
            this.random = random;
            for (int i = 0; i < 150; i++) {
                deliveries.add(new int[] {random.nextInt(60), random.nextInt(3), i});
            }
            // Redeliveries of the very same place in the same object.
            for (int i = 0; i < 50; i++) {
                deliveries.add(deliveries.get(random.nextInt(150)));
            }
        }

        void run() throws IOException {
            Map<String, Long> detected = new java.util.HashMap<>();
            List<PendingFiles> restoredFiles = new ArrayList<>();
            String restoredLineage = "";
            long checkpoint = 0;
            int seenDetections = 0;
            Set<Integer> detectedEvents = new HashSet<>();
            Set<Integer> restoredDetections = new HashSet<>();
            for (int attempt = 0; restoredPosition < deliveries.size(); attempt++) {
                String lineage = "run" + attempt;
                detectedEvents = new HashSet<>(restoredDetections);
                IdMemory memory = new IdMemory(1 << 20, 0, folder);
                StoredIds ids = archive.storedIds(lineage, detected, memory, (day, known, why) -> {
                    throw new AssertionError("capped");
                });
                restoredFiles.forEach(ids::include);
                if (random.nextBoolean() && !restoredFiles.isEmpty()) {
                    archive.commit(restoredLineage, checkpoint, restoredFiles);
                }
                try (ArchiveWriter writer = archive.newWriter(lineage, checkpoint)) {
                    int position = restoredPosition;
                    int end = Math.min(deliveries.size(), position + 1 + random.nextInt(60));
                    while (position < end) {
                        int[] delivery = deliveries.get(position++);
                        CloudTrailEvent event = cloudTrail(
                                "e" + delivery[0],
                                "2026-03-0" + (1 + delivery[0] % 3) + "T10:00:00Z",
                                origin("o" + delivery[1], delivery[2]));
                        Outcome outcome = store(ids, writer, event);
                        assertThat(outcome.detect())
                                .as("event %s in %s", delivery[0], lineage)
                                .isEqualTo(detectedEvents.add(delivery[0]));
                        seenDetections++;
                        if (random.nextInt(20) == 0) {
                            checkpoint++;
                            ids.checkpoint(checkpoint);
                            PendingFiles flushed = writer.flush(checkpoint, Map.of());
                            if (!restoredFiles.isEmpty() && !restoredLineage.equals(lineage)) {
                                archive.commit(restoredLineage, detected.get(restoredLineage), restoredFiles);
                            }
                            if (restoredLineage.equals(lineage)) {
                                archive.commit(lineage, checkpoint - 1, restoredFiles);
                                ids.committed(checkpoint - 1);
                            }
                            restoredFiles = List.of(flushed);
                            restoredLineage = lineage;
                            restoredPosition = position;
                            restoredDetections = new HashSet<>(detectedEvents);
                            detected.put(lineage, checkpoint);
                        }
                    }
                    if (end == deliveries.size()) {
                        checkpoint++;
                        PendingFiles last = writer.flush(checkpoint, Map.of());
                        if (!restoredFiles.isEmpty()) {
                            archive.commit(restoredLineage, detected.get(restoredLineage), restoredFiles);
                        }
                        archive.commit(lineage, checkpoint, List.of(last));
                        break;
                    }
                }
            }
            assertThat(seenDetections).isGreaterThanOrEqualTo(deliveries.size());
            Set<Integer> events = new HashSet<>();
            Set<String> places = new HashSet<>();
            deliveries.forEach(delivery -> {
                events.add(delivery[0]);
                places.add(delivery[0] + "/" + delivery[1] + "/" + delivery[2]);
            });
            assertThat(Rows.texts(archive, TableLayouts.CLOUDTRAIL, "event_id")).hasSize(events.size());
            assertThat(Rows.texts(archive, TableLayouts.DUPLICATES, "event_id")).hasSize(places.size() - events.size());
        }
    }
}
