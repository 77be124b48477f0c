package io.trailwarden.jobs.archive;

import static org.assertj.core.api.Assertions.assertThat;

import io.trailwarden.event.JobStatus;
import io.trailwarden.jobs.TableReader;
import io.trailwarden.jobs.TestRecords;
import io.trailwarden.jobs.operator.JobSettings;
import io.trailwarden.storage.Archive;
import io.trailwarden.storage.ArchiveWriter;
import io.trailwarden.storage.catalog.ArchiveConfig;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.util.OneInputStreamOperatorTestHarness;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ArchiveCommitterTest {

    private static final TopicPartition PARTITION = new TopicPartition("audit.cloudtrail", 0);

    @TempDir
    Path directory;

    private final ListOffsets offsets = ListOffsets.taking();
    private ArchiveConfig config;
    private Archive archive;
    private ArchiveWriter writer;

    @BeforeEach
    void open() {
        config = ArchiveConfig.local(directory);
        archive = Archive.open(config);
        writer = archive.newWriter("run", 0);
    }

    @AfterEach
    void close() throws IOException {
        writer.close();
        archive.close();
    }

    @Test
    void nothingIsStoredBeforeTheCheckpointIsComplete() throws Exception {
        try (Committer committer = new Committer(offsets, null)) {
            committer.take(flushed("e1", 1, 10, "feed"));
            committer.flink.snapshot(1, 1);
            assertThat(stored()).isEmpty();
            assertThat(offsets.committed()).isEmpty();

            committer.take(flushed("e2", 2, 20, "feed"));
            committer.flink.notifyOfCompletedCheckpoint(1);

            assertThat(stored()).containsExactly("e1");
            assertThat(offsets.committed()).containsExactly(Map.of(PARTITION, 10L));
        }
    }

    @Test
    void aCrashBetweenCheckpointAndCommitIsMadeGoodOnRestore() throws Exception {
        OperatorSubtaskState state;
        try (Committer committer = new Committer(offsets, null)) {
            committer.take(flushed("e1", 1, 10, "feed"));
            state = committer.flink.snapshot(1, 1);
        }

        try (Committer restored = new Committer(offsets, state)) {
            assertThat(restored.numbers()).containsEntry("rows", 1L);
            assertThat(stored()).containsExactly("e1");
            assertThat(offsets.committed()).containsExactly(Map.of(PARTITION, 10L));
        }
    }

    @Test
    void aCrashAfterTheCommitRepeatsItHarmlessly() throws Exception {
        OperatorSubtaskState state;
        try (Committer committer = new Committer(offsets, null)) {
            committer.take(flushed("e1", 1, 10, "feed"));
            state = committer.flink.snapshot(1, 1);
            committer.flink.notifyOfCompletedCheckpoint(1);
        }

        try (Committer restored = new Committer(offsets, state)) {
            assertThat(restored.numbers()).containsEntry("rows", 1L);
            assertThat(stored()).containsExactly("e1");
        }
    }

    @Test
    void takingPartInACheckpointMeansThatEverythingOlderIsStored() throws Exception {
        try (Committer committer = new Committer(offsets, null)) {
            committer.take(flushed("e1", 1, 10, "feed"));
            committer.flink.snapshot(1, 1);
            committer.take(flushed("e2", 2, 20, "feed"));

            committer.flink.snapshot(2, 2);

            assertThat(stored()).containsExactly("e1");
            assertThat(offsets.committed()).isEmpty();
            committer.flink.notifyOfCompletedCheckpoint(2);
            assertThat(stored()).containsExactly("e1", "e2");
            assertThat(offsets.committed()).containsExactly(Map.of(PARTITION, 20L));
        }
    }

    @Test
    void offsetsOfAKafkaThatIsGoneAreNotToldToTheNewOne() throws Exception {
        OperatorSubtaskState state;
        try (Committer committer = new Committer(offsets, null)) {
            committer.take(flushed("e1", 1, 10, "the feed before"));
            state = committer.flink.snapshot(1, 1);
        }

        try (Committer restored = new Committer(offsets, state)) {
            assertThat(restored.numbers()).containsEntry("rows", 1L);
            assertThat(stored()).containsExactly("e1");
            assertThat(offsets.committed()).isEmpty();
        }
    }

    @Test
    void refusedOffsetsAreToldAgainWithTheNextCheckpoint() throws Exception {
        ListOffsets refusing = ListOffsets.refusingFirst();
        try (Committer committer = new Committer(refusing, null)) {
            committer.take(flushed("e1", 1, 10, "feed"));
            committer.flink.snapshot(1, 1);
            committer.flink.notifyOfCompletedCheckpoint(1);
            assertThat(stored()).containsExactly("e1");
            assertThat(refusing.committed()).isEmpty();

            committer.flink.snapshot(2, 2);
            committer.flink.notifyOfCompletedCheckpoint(2);

            assertThat(refusing.committed()).containsExactly(Map.of(PARTITION, 10L));
            assertThat(committer.numbers()).containsEntry("offsetsRefused", 1L).containsEntry("rows", 1L);
        }
    }

    private Flushed flushed(String eventId, long checkpoint, long next, String feed) throws IOException {
        writer.write(TestRecords.event(eventId, "Ping", "alice", TestRecords.NOON));
        return new Flushed(
                feed,
                "run",
                writer.flush(checkpoint, Map.of("audit.cloudtrail/0", next)).toBytes());
    }

    private List<String> stored() {
        return TableReader.column(config, "cloudtrail", "event_id");
    }

    /** Offsets in this JVM; survives Java serialisation by its name. */
    private record ListOffsets(String name) implements OffsetCommitter {
        private static final long serialVersionUID = 1L;
        private static final Map<String, List<Map<TopicPartition, Long>>> COMMITTED = new ConcurrentHashMap<>();
        private static final Map<String, Boolean> REFUSE_NEXT = new ConcurrentHashMap<>();

        static ListOffsets taking() {
            return new ListOffsets(UUID.randomUUID().toString());
        }

        static ListOffsets refusingFirst() {
            ListOffsets offsets = taking();
            REFUSE_NEXT.put(offsets.name, true);
            return offsets;
        }

        List<Map<TopicPartition, Long>> committed() {
            return COMMITTED.computeIfAbsent(name, unused -> new CopyOnWriteArrayList<>());
        }

        @Override
        public void commit(Map<TopicPartition, Long> next) throws OffsetsRefusedException {
            if (REFUSE_NEXT.remove(name) != null) {
                throw new OffsetsRefusedException("not now", new IOException("no broker"));
            }
            committed().add(Map.copyOf(next));
        }

        @Override
        public void close() {}
    }

    private final class Committer implements AutoCloseable {

        private final OneInputStreamOperatorTestHarness<Flushed, JobStatus> flink;
        private final JobSettings settings = JobSettings.local(1, URI.create("memory:none"));

        Committer(OffsetCommitter told, @Nullable OperatorSubtaskState state) throws Exception {
            flink = new OneInputStreamOperatorTestHarness<>(new ArchiveCommitter(config, told, "feed", settings));
            flink.setProcessingTime(0);
            if (state != null) {
                flink.initializeState(state);
            }
            flink.open();
        }

        void take(Flushed flushed) throws Exception {
            flink.processElement(new StreamRecord<>(flushed));
        }

        Map<String, Long> numbers() throws Exception {
            flink.setProcessingTime(settings.statusInterval().toMillis());
            return flink.extractOutputValues().get(0).numbers();
        }

        @Override
        public void close() {
            try {
                flink.close();
            } catch (Exception e) { // as declared by Flink
                throw new AssertionError(e);
            }
        }
    }
}
