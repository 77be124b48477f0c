package io.trailwarden.jobs.intake;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.trailwarden.detection.EventDetector;
import io.trailwarden.detection.Findings;
import io.trailwarden.detection.Signal;
import io.trailwarden.detection.reference.Reference;
import io.trailwarden.detection.rules.LoadedRules;
import io.trailwarden.detection.rules.RuleDetector;
import io.trailwarden.event.AuditEvent;
import io.trailwarden.event.DeadLetter;
import io.trailwarden.event.Finding;
import io.trailwarden.event.JobStatus;
import io.trailwarden.event.codec.EventKeys;
import io.trailwarden.jobs.ListFeed;
import io.trailwarden.jobs.RepeatedCalls;
import io.trailwarden.jobs.TestRecords;
import io.trailwarden.jobs.archive.Flushed;
import io.trailwarden.jobs.operator.JobSettings;
import io.trailwarden.storage.Archive;
import io.trailwarden.storage.catalog.ArchiveConfig;
import io.trailwarden.storage.catalog.PendingFiles;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.streaming.api.watermark.Watermark;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.runtime.watermarkstatus.WatermarkStatus;
import org.apache.flink.streaming.util.AbstractStreamOperatorTestHarness;
import org.apache.flink.streaming.util.OneInputStreamOperatorTestHarness;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

class IntakeOperatorTest {

    private static final Instant NOON = TestRecords.NOON;
    private static final int MAX_PARALLELISM = 128;

    @TempDir
    Path directory;

    private final JobSettings settings = JobSettings.local(1, URI.create("file:///none"));
    private ArchiveConfig archive;

    @BeforeEach
    void makeTables() throws IOException {
        archive = ArchiveConfig.local(directory);
        Archive.open(archive).close();
    }

    @Test
    void everyDeliveryHasOneOutcome() throws Exception {
        try (Harness harness = fresh()) {
            harness.take(TestRecords.ping(0, "e1", "alice", NOON));
            harness.take(TestRecords.ping(1, "e2", "alice", NOON));
            byte[] e1 = TestRecords.json("e1", "Ping", "alice", NOON);
            harness.take(TestRecords.delivered(2, e1, TestRecords.origin("another", 0)));
            harness.take(TestRecords.delivered(3, e1, TestRecords.origin("another", 0)));
            harness.take(TestRecords.ping(0, "e1", "alice", NOON));
            harness.take(TestRecords.delivered(4, new byte[] {'{'}, TestRecords.origin("object", 4)));
            harness.take(TestRecords.delivered(5, new byte[] {'{'}, TestRecords.origin("object", 4)));
            harness.take(TestRecords.delivered(6, null, TestRecords.origin("object", 6)));

            assertThat(harness.numbers())
                    .containsEntry("received", 8L)
                    .containsEntry("stored", 2L)
                    .containsEntry("duplicates", 1L)
                    .containsEntry("redelivered", 3L)
                    .containsEntry("deadLetters", 2L);
            assertThat(harness.signals())
                    .extracting(signal -> signal.event().eventId())
                    .containsExactly("e1", "e2");
            assertThat(harness.deadLetters()).extracting(DeadLetter::reason).containsOnly(DeadLetter.Reason.MALFORMED);
            assertThat(harness.flush(1).rows())
                    .isEqualTo(Map.of("cloudtrail", 2L, "duplicates", 1L, "dead_letters", 2L));
        }
    }

    @Test
    void linesAboutRecordsCarryTheirIdsAndAreFew() throws Exception {
        Logger logger = (Logger) LoggerFactory.getLogger(IntakeOperator.class);
        ListAppender<ILoggingEvent> lines = new ListAppender<>();
        Level before = logger.getLevel();
        lines.start();
        logger.setLevel(Level.INFO);
        logger.addAppender(lines);
        try (Harness harness = fresh()) {
            for (int i = 0; i < 100; i++) {
                harness.take(TestRecords.delivered(
                        i, "\u001b[2J no JSON".getBytes(StandardCharsets.UTF_8), TestRecords.origin("a\u001b[2J", i)));
            }
            assertThat(harness.deadLetters()).hasSize(100);
            assertThat(lines.list).hasSize(20);
            assertThat(lines.list.get(0).getFormattedMessage())
                    .contains("event=" + EventKeys.of(harness.deadLetters().get(0)))
                    .doesNotContain("\u001b");
        } finally {
            logger.detachAppender(lines);
            logger.setLevel(before);
        }
    }

    @Test
    void whatIsPendingIsKnownAfterARestoreByEverySubtask() throws Exception {
        // Given two subtasks that flushed for a checkpoint which nobody committed
        List<OperatorSubtaskState> states = new ArrayList<>();
        for (int subtask = 0; subtask < 2; subtask++) {
            try (Harness harness = new Harness(2, subtask, null, 0, 2, detection())) {
                for (int i = subtask; i < 20; i += 2) {
                    harness.take(TestRecords.ping(i, "e" + i, "alice", NOON));
                }
                harness.flush(7);
                states.add(harness.flink.snapshot(7, 7));
            }
        }
        OperatorSubtaskState two =
                AbstractStreamOperatorTestHarness.repackageState(states.toArray(new OperatorSubtaskState[0]));

        // When four take over, which read other partitions, and then three
        List<OperatorSubtaskState> more = new ArrayList<>();
        for (int subtask = 0; subtask < 4; subtask++) {
            try (Harness harness = new Harness(4, subtask, two, 7, 2, detection())) {
                harness.take(TestRecords.ping(100 + subtask, "new-" + subtask, "alice", NOON));
                harness.flush(8);
                more.add(harness.flink.snapshot(8, 8));
            }
        }
        OperatorSubtaskState four =
                AbstractStreamOperatorTestHarness.repackageState(more.toArray(new OperatorSubtaskState[0]));
        for (int subtask = 0; subtask < 3; subtask++) {
            try (Harness harness = new Harness(3, subtask, four, 8, 4, detection())) {
                for (int i = 0; i < 20; i++) {
                    harness.take(TestRecords.ping(i, "e" + i, "alice", NOON));
                }
                for (int i = 0; i < 4; i++) {
                    harness.take(TestRecords.ping(100 + i, "new-" + i, "alice", NOON));
                }

                // Then nothing is stored or detected again
                assertThat(harness.numbers()).containsEntry("redelivered", 24L).containsEntry("stored", 0L);
                assertThat(harness.signals()).isEmpty();
            }
        }
    }

    @Test
    void whatWasStoredAfterTheRestoredCheckpointIsDetectedAgainButNotStoredAgain() throws Exception {
        // Given checkpoint 1, and checkpoint 2 whose files are in the tables already
        OperatorSubtaskState first;
        try (Harness harness = fresh()) {
            harness.take(TestRecords.ping(0, "e1", "alice", NOON));
            PendingFiles one = harness.flush(1);
            first = harness.flink.snapshot(1, 1);
            harness.take(TestRecords.ping(1, "e2", "alice", NOON));
            PendingFiles two = harness.flush(2);
            try (Archive tables = Archive.open(archive)) {
                tables.commit(harness.lineage(), 1, List.of(one));
                tables.commit(harness.lineage(), 2, List.of(two));
            }
        }

        // When the second checkpoint is damaged and the job goes back to the first
        try (Harness harness = new Harness(1, 0, first, 1, 1, detection())) {
            harness.take(TestRecords.ping(0, "e1", "alice", NOON));
            harness.take(TestRecords.ping(1, "e2", "alice", NOON));

            // Then
            assertThat(harness.signals())
                    .extracting(signal -> signal.event().eventId())
                    .containsExactly("e2");
            assertThat(harness.numbers())
                    .containsEntry("stored", 0L)
                    .containsEntry("redelivered", 2L)
                    .containsEntry("detectedAgain", 1L);
        }
    }

    @Test
    void withoutAnyCheckpointEverythingIsDetectedAgainAndNothingStoredAgain() throws Exception {
        try (Harness harness = fresh()) {
            harness.take(TestRecords.ping(0, "e1", "alice", NOON));
            PendingFiles one = harness.flush(1);
            try (Archive tables = Archive.open(archive)) {
                tables.commit(harness.lineage(), 1, List.of(one));
            }
        }
        try (Harness harness = fresh()) {
            harness.take(TestRecords.ping(0, "e1", "alice", NOON));

            assertThat(harness.signals())
                    .extracting(signal -> signal.event().eventId())
                    .containsExactly("e1");
            assertThat(harness.numbers()).containsEntry("stored", 0L).containsEntry("detectedAgain", 1L);
        }
    }

    @Test
    void aRecordThatADetectorCannotDigestIsStoredAndTheFailureIsAFinding() throws Exception {
        Detection failing = new Detection(List.of(new Failing()), List.of(new RepeatedCalls()));
        try (Harness harness = new Harness(1, 0, null, 0, 1, failing)) {
            harness.take(TestRecords.delivered(
                    0, TestRecords.json("e1", "Broken", "alice", NOON), TestRecords.origin("object", 0)));
            harness.take(TestRecords.ping(1, "e2", "alice", NOON));

            assertThat(harness.numbers()).containsEntry("stored", 2L).containsEntry("detectorFailures", 3L);
            assertThat(harness.signals())
                    .extracting(signal -> signal.event().eventId())
                    .containsExactly("e2");
            assertThat(harness.findings())
                    .extracting((Finding finding) -> finding.words().title())
                    .containsExactly(
                            "Detector Failing failed on a record", "Detector repeated-calls failed on a record");
        }
    }

    @Test
    void oneRecordDatedInTheFutureDoesNotMakeTheOthersLate() throws Exception {
        try (Harness harness = fresh()) {
            harness.take(TestRecords.ping(0, "e1", "alice", NOON.plus(Duration.ofDays(900))));
            harness.flink.setProcessingTime(1_000);
            harness.take(TestRecords.ping(1, "e2", "alice", NOON));

            long ingested = TestRecords.origin("object", 0).ingestedAt().toEpochMilli();
            assertThat(harness.watermarks())
                    .containsExactly(ingested - settings.disorder().toMillis() - 1);
            assertThat(harness.numbers()).containsEntry("late", 0L);
        }
    }

    @Test
    void aLateRecordIsStoredDetectedAndCounted() throws Exception {
        try (Harness harness = fresh()) {
            harness.take(TestRecords.ping(0, "e1", "alice", NOON));
            harness.flink.setProcessingTime(1_000);
            harness.take(TestRecords.ping(1, "e2", "alice", NOON.minus(Duration.ofMinutes(11))));

            assertThat(harness.numbers()).containsEntry("late", 1L).containsEntry("stored", 2L);
            assertThat(harness.signals())
                    .extracting(signal -> signal.event().eventId())
                    .containsExactly("e1", "e2");
        }
    }

    @Test
    void withoutRecordsTheSubtaskIsIdleAndWakesUp() throws Exception {
        try (Harness harness = fresh()) {
            long idle = settings.idleAfter().toMillis();
            for (long at = 0; at <= idle + 1_000; at += 200) {
                harness.flink.setProcessingTime(at);
            }
            assertThat(harness.flink.getOutput()).containsExactly(WatermarkStatus.IDLE);

            harness.take(TestRecords.ping(0, "e1", "alice", NOON));
            harness.flink.setProcessingTime(idle + 1_400);

            assertThat(harness.flink.getOutput()).contains(WatermarkStatus.ACTIVE);
            assertThat(harness.watermarks()).hasSize(1);
        }
    }

    @Test
    void aFlushSaysHowFarItCameEvenWhenNothingWasNew() throws Exception {
        try (Harness harness = fresh()) {
            harness.take(TestRecords.ping(40, "e1", "alice", NOON));
            assertThat(harness.flush(1).offsets()).containsEntry("audit.cloudtrail/0", 41L);

            harness.take(TestRecords.ping(40, "e1", "alice", NOON));
            harness.take(TestRecords.delivered(
                    41, TestRecords.json("e1", "Ping", "alice", NOON), TestRecords.origin("object", 40)));
            assertThat(harness.flush(2).offsets()).containsEntry("audit.cloudtrail/0", 42L);

            harness.flink.prepareSnapshotPreBarrier(3);
            assertThat(harness.flushed()).hasSize(2);
        }
    }

    @Test
    void whatComesBetweenTheLastCheckpointAndTheEndIsHandedOn() throws Exception {
        try (Harness harness = fresh()) {
            harness.flush(4);
            harness.take(TestRecords.ping(0, "e1", "alice", NOON));

            harness.flink.endInput();
            harness.flink.getOneInputOperator().finish();
            harness.flink.prepareSnapshotPreBarrier(5);

            assertThat(harness.flushed()).hasSize(1);
            assertThat(PendingFiles.fromBytes(harness.flushed().get(0).files()).rows())
                    .isEqualTo(Map.of("cloudtrail", 1L));
        }
    }

    @Test
    void rulesChangeWhileTheJobRunsAndEachRulesStateIsSaid() throws Exception {
        String rule =
                """
                title: Ping
                name: ping
                logsource: {product: aws, service: cloudtrail}
                detection:
                  selection: {eventName: Ping}
                  condition: selection
                """;
        Detection rules = new Detection(List.of(new RuleDetector()), List.of());
        try (Harness harness = new Harness(1, 0, null, 0, 1, rules)) {
            harness.take(TestRecords.ping(0, "e1", "alice", NOON));
            assertThat(harness.findings()).isEmpty();

            references
                    .put(LoadedRules.entry("ping.yml", rule, true, NOON))
                    .put(LoadedRules.entry("bad.yml", "title: Bad\n", true, NOON));
            harness.flink.setProcessingTime(1_000);
            harness.take(TestRecords.ping(1, "e2", "alice", NOON));
            assertThat(harness.findings())
                    .extracting((Finding finding) -> finding.detection().name())
                    .containsExactly("ping");
            assertThat(harness.numbers()).containsEntry("rules.loaded", 1L).containsEntry("rules.failed", 1L);

            references.put(LoadedRules.entry("ping.yml", rule, false, NOON));
            harness.flink.setProcessingTime(harness.flink.getProcessingTime() + 1_000);
            harness.take(TestRecords.ping(2, "e3", "alice", NOON));
            assertThat(harness.findings()).hasSize(1);
            assertThat(harness.numbers()).containsEntry("rules.disabled", 1L);
        }
    }

    private static Detection detection() {
        return new Detection(List.of(), List.of(new RepeatedCalls()));
    }

    private final ListFeed references = ListFeed.empty();

    private Harness fresh() throws Exception {
        return new Harness(1, 0, null, 0, 1, detection());
    }

    private static final class Failing implements EventDetector {
        private static final long serialVersionUID = 1L;

        @Override
        public void inspect(AuditEvent event, Reference reference, Findings out) {
            throw new IllegalStateException("cannot digest " + event.eventId());
        }
    }

    /** One subtask of the operator. */
    private final class Harness implements AutoCloseable {

        private final OneInputStreamOperatorTestHarness<Delivered, Signal<?, ?>> flink;

        Harness(
                int parallelism,
                int subtask,
                @Nullable OperatorSubtaskState state,
                long checkpoint,
                int parallelismBefore,
                Detection detection)
                throws Exception {
            flink = new OneInputStreamOperatorTestHarness<>(
                    new IntakeFactory("feed", detection, references, archive, settings),
                    MAX_PARALLELISM,
                    parallelism,
                    subtask);
            flink.setProcessingTime(0);
            if (state != null) {
                flink.setRestoredCheckpointId(checkpoint);
                flink.initializeState(AbstractStreamOperatorTestHarness.repartitionOperatorState(
                        state, MAX_PARALLELISM, parallelismBefore, parallelism, subtask));
            }
            flink.open();
        }

        void take(Delivered delivered) throws Exception {
            flink.processElement(new StreamRecord<>(delivered));
        }

        /** As at the barrier of a checkpoint; the last files handed on. */
        PendingFiles flush(long checkpoint) throws Exception {
            flink.prepareSnapshotPreBarrier(checkpoint);
            List<Flushed> all = flushed();
            return all.isEmpty()
                    ? PendingFiles.fromBytes(
                            "{\"version\":1,\"offsets\":{},\"tables\":{}}".getBytes(StandardCharsets.UTF_8))
                    : PendingFiles.fromBytes(all.get(all.size() - 1).files());
        }

        List<Flushed> flushed() {
            return values(flink.getSideOutput(IntakeOperator.FLUSHED));
        }

        String lineage() {
            return flushed().get(0).lineage();
        }

        List<Signal<?, ?>> signals() {
            return flink.extractOutputValues();
        }

        List<Finding> findings() {
            return values(flink.getSideOutput(IntakeOperator.FINDINGS));
        }

        List<DeadLetter> deadLetters() {
            return values(flink.getSideOutput(IntakeOperator.DEAD_LETTERS));
        }

        List<Long> watermarks() {
            return flink.getOutput().stream()
                    .filter(Watermark.class::isInstance)
                    .map(mark -> ((Watermark) mark).getTimestamp())
                    .toList();
        }

        Map<String, Long> numbers() throws Exception {
            flink.setProcessingTime(
                    flink.getProcessingTime() + settings.statusInterval().toMillis());
            List<JobStatus> all = values(flink.getSideOutput(IntakeOperator.STATUS));
            return all.get(all.size() - 1).numbers();
        }

        private static <T> List<T> values(@Nullable Queue<StreamRecord<T>> output) {
            return output == null
                    ? List.of()
                    : output.stream().map(StreamRecord::getValue).toList();
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
