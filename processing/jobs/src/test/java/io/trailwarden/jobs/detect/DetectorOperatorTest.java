package io.trailwarden.jobs.detect;

import static org.assertj.core.api.Assertions.assertThat;

import io.trailwarden.detection.Signal;
import io.trailwarden.event.Finding;
import io.trailwarden.event.Sighting;
import io.trailwarden.jobs.ListFeed;
import io.trailwarden.jobs.RepeatedCalls;
import io.trailwarden.jobs.RepeatedCalls.Actor;
import io.trailwarden.jobs.RepeatedCalls.Heard;
import io.trailwarden.jobs.TestRecords;
import io.trailwarden.jobs.operator.JobSettings;
import io.trailwarden.jobs.operator.OwnFindings;
import io.trailwarden.jobs.state.StateKey;
import io.trailwarden.settings.Values;
import java.net.URI;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.stream.IntStream;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.runtime.state.KeyGroupRangeAssignment;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.util.KeyedOneInputStreamOperatorTestHarness;
import org.apache.flink.util.OutputTag;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class DetectorOperatorTest {

    private static final Instant NOON = TestRecords.NOON;
    private static final long HOUR = RepeatedCalls.MEMORY.toMillis();
    private static final int MAX_PARALLELISM = 128;

    private final JobSettings settings = JobSettings.local(1, URI.create("file:///none"));
    private final JobSettings twoKeys = JobSettings.of(
            JobSettings.Processing.of(Values.DEFAULTS.with(JobSettings.Processing.MAX_KEYS, 2L)),
            URI.create("file:///none"));
    private final ListFeed feed = ListFeed.empty();

    @Test
    void aQuietKeyIsEvaluatedAtOnceAndAStormyOneOnceASecond() throws Exception {
        try (Harness harness = open(settings)) {
            harness.ping("alice", "e1");
            harness.ping("alice", "e2");
            harness.ping("alice", "e3");
            assertThat(harness.findings()).isEmpty();

            harness.flink.setProcessingTime(1_000);
            assertThat(harness.findings())
                    .extracting((Finding finding) -> finding.evidence().count())
                    .containsExactly(3L);

            harness.ping("alice", "e4");
            harness.ping("alice", "e5");
            harness.flink.setProcessingTime(2_000);
            harness.flink.setProcessingTime(3_000);
            assertThat(harness.findings())
                    .extracting((Finding finding) -> finding.evidence().count())
                    .containsExactly(3L, 5L);

            harness.ping("alice", "e6");
            assertThat(harness.findings())
                    .extracting((Finding finding) -> finding.evidence().count())
                    .containsExactly(3L, 5L, 6L);
            assertThat(harness.findings())
                    .extracting(Finding::id)
                    .containsOnly(harness.findings().get(0).id());
            assertThat(harness.findings())
                    .extracting(Finding::revision)
                    .isSorted()
                    .doesNotHaveDuplicates();
        }
    }

    @Test
    void beforeACheckpointEverythingIsEvaluated() throws Exception {
        try (Harness harness = open(settings)) {
            for (int i = 0; i < 4; i++) {
                harness.ping("alice", "e" + i);
            }

            harness.flink.prepareSnapshotPreBarrier(1);

            assertThat(harness.findings())
                    .extracting((Finding finding) -> finding.evidence().count())
                    .containsExactly(4L);
        }
    }

    @Test
    void aLateSignalAmends() throws Exception {
        try (Harness harness = open(settings)) {
            harness.ping("alice", "e1", NOON);
            harness.ping("alice", "e2", NOON.plusSeconds(5));
            harness.ping("alice", "e3", NOON.plusSeconds(6));
            harness.flink.setProcessingTime(1_000);
            harness.flink.processWatermark(NOON.plusSeconds(1_000).toEpochMilli());
            harness.flink.setProcessingTime(5_000);

            harness.ping("alice", "e0", NOON.minusSeconds(60));

            Finding last = harness.findings().get(harness.findings().size() - 1);
            assertThat(last.evidence().eventIds()).containsExactly("e0", "e1", "e2", "e3");
            assertThat(last.evidence().first()).isEqualTo(NOON.minusSeconds(60));
            assertThat(last.id()).isEqualTo(harness.findings().get(0).id());
        }
    }

    @Test
    void expiryLeavesNoStateAndNoTimers() throws Exception {
        try (Harness harness = open(settings)) {
            harness.ping("alice", "e1");
            harness.ping("bob", "e2");
            assertThat(harness.flink.numKeyedStateEntries()).isEqualTo(4);

            // Event time is over, but the keys were heard of a moment ago
            harness.flink.processWatermark(NOON.toEpochMilli() + HOUR + 1);
            assertThat(harness.flink.numKeyedStateEntries()).isEqualTo(4);

            harness.flink.setProcessingTime(DetectorOperator.QUIET.toMillis() + 1);

            assertThat(harness.flink.numKeyedStateEntries()).isZero();
            assertThat(harness.flink.numEventTimeTimers()).isZero();
        }
    }

    @Test
    void historyThatIsReadBackwardsIsRememberedWhileItComes() throws Exception {
        try (Harness harness = open(settings)) {
            harness.flink.processWatermark(NOON.plusSeconds(1_000_000).toEpochMilli());
            long half = DetectorOperator.QUIET.toMillis() / 2;
            harness.ping("alice", "e3", NOON);
            harness.flink.setProcessingTime(half);
            harness.ping("alice", "e2", NOON.minusSeconds(1));
            harness.flink.setProcessingTime(2 * half + 10);
            harness.ping("alice", "e1", NOON.minusSeconds(2));

            assertThat(harness.findings())
                    .extracting((Finding finding) -> finding.evidence().count())
                    .containsExactly(3L);

            // And forgotten afterwards, although event time stands still
            harness.flink.setProcessingTime(10 * half);
            assertThat(harness.flink.numKeyedStateEntries()).isZero();
        }
    }

    @Test
    void keysAboveTheCapAreJudgedAloneAndTheCapIsAFinding() throws Exception {
        try (Harness harness = open(twoKeys, 2)) {
            harness.ping("alice", "e1");
            harness.ping("bob", "e2");
            harness.ping("carol", "e3");
            harness.ping("dave", "e4");
            harness.ping("alice", "e5");

            assertThat(harness.titles())
                    .contains(
                            "carol in round 2", "dave in round 2", "Detector repeated-calls cannot remember more keys");
            assertThat(harness.findings())
                    .filteredOn(finding -> finding.detection().name().equals(OwnFindings.CAPACITY))
                    .singleElement()
                    .satisfies(finding -> {
                        assertThat(finding.evidence().eventIds()).containsExactly("e3");
                        assertThat(finding.words().facts()).containsEntry("keys per subtask", "2");
                    });
            assertThat(harness.flink.numKeyedStateEntries()).isEqualTo(4);
        }
    }

    @Test
    void aDetectorThatFailsStopsNothing() throws Exception {
        try (Harness harness = open(settings)) {
            harness.signal(RepeatedCalls.signal("alice", "Poison", new Sighting(NOON, "e0")));
            harness.signal(RepeatedCalls.signal("alice", "Poison", new Sighting(NOON, "e00")));
            for (int i = 1; i <= 3; i++) {
                harness.ping("alice", "e" + i);
            }
            harness.flink.setProcessingTime(1_000);

            assertThat(harness.titles())
                    .containsExactly("Detector repeated-calls failed on a record", "alice in round 1");
        }
    }

    @Test
    void signalsForADetectorThatIsGoneAreLeftOut() throws Exception {
        try (Harness harness = open(settings)) {
            Signal<?, ?> signal = RepeatedCalls.signal("alice", "e1", NOON);
            harness.signal(new Signal<>("retired", new Actor("alice"), new Sighting(NOON, "e1"), new Heard("Ping")));
            harness.signal(signal);

            assertThat(harness.flink.numKeyedStateEntries()).isEqualTo(2);
        }
    }

    @Test
    void changedReferenceDataEvaluatesEveryKeyAgain() throws Exception {
        try (Harness harness = open(settings)) {
            for (int i = 1; i <= 3; i++) {
                harness.ping("alice", "e" + i);
            }
            harness.flink.setProcessingTime(1_000);
            feed.put(ListFeed.account("111111111111")).put("odd", null).put("ACCOUNT|2", new byte[] {1});

            harness.flink.setProcessingTime(2_000);

            assertThat(harness.findings())
                    .extracting(finding -> finding.words().facts().get("accounts known"))
                    .containsExactly("0", "1");
        }
    }

    @Test
    void whatChangedWhileTheJobWasDownEvaluatesEveryKeyAgainAfterTheRestore() throws Exception {
        feed.put(ListFeed.account("111111111111"));
        OperatorSubtaskState state;
        try (Harness harness = open(settings)) {
            for (int i = 1; i <= 3; i++) {
                harness.ping("alice", "e" + i);
            }
            harness.flink.prepareSnapshotPreBarrier(1);
            state = harness.flink.snapshot(1, 1);
        }
        feed.put(ListFeed.account("222222222222"));

        try (Harness harness = restore(state, settings, 1, 1, 0, feed)) {
            assertThat(harness.findings())
                    .extracting(finding -> finding.words().facts().get("accounts known"))
                    .containsExactly("2");
        }
    }

    @Test
    void aTopicThatBeganAnewDoesNotMakeTheCheckpointForget() throws Exception {
        feed.put(ListFeed.account("111111111111"));
        OperatorSubtaskState state;
        try (Harness harness = open(settings)) {
            for (int i = 1; i <= 3; i++) {
                harness.ping("alice", "e" + i);
            }
            harness.flink.prepareSnapshotPreBarrier(1);
            state = harness.flink.snapshot(1, 1);
        }

        ListFeed anew = new ListFeed(ListFeed.empty().name(), "second");
        try (Harness harness = restore(state, settings, 1, 1, 0, anew)) {
            harness.ping("alice", "e4");

            assertThat(harness.findings())
                    .extracting(finding -> finding.words().facts().get("accounts known"))
                    .containsExactly("1");
        }
    }

    @Test
    void stateSurvivesRescalingFromTwoToFourToThree() throws Exception {
        // Given two subtasks that have seen two pings of each of 40 actors
        List<OperatorSubtaskState> states = new ArrayList<>();
        for (int subtask = 0; subtask < 2; subtask++) {
            try (Harness harness = restore(null, settings, 2, 2, subtask, feed)) {
                harness.pingOwn("a", 2, subtask);
                harness.pingOwn("b", 2, subtask);
                harness.flink.prepareSnapshotPreBarrier(1);
                states.add(harness.flink.snapshot(1, 1));
            }
        }

        // When they become four, and then three
        OperatorSubtaskState two =
                KeyedOneInputStreamOperatorTestHarness.repackageState(states.toArray(new OperatorSubtaskState[0]));
        List<OperatorSubtaskState> more = new ArrayList<>();
        for (int subtask = 0; subtask < 4; subtask++) {
            try (Harness harness = restore(two, settings, 2, 4, subtask, feed)) {
                more.add(harness.flink.snapshot(2, 2));
            }
        }
        OperatorSubtaskState four =
                KeyedOneInputStreamOperatorTestHarness.repackageState(more.toArray(new OperatorSubtaskState[0]));
        TreeSet<String> found = new TreeSet<>();
        for (int subtask = 0; subtask < 3; subtask++) {
            try (Harness harness = restore(four, settings, 4, 3, subtask, feed)) {
                harness.pingOwn("c", 3, subtask);
                harness.flink.prepareSnapshotPreBarrier(3);
                harness.findings().forEach(finding -> {
                    assertThat(finding.evidence().count()).isEqualTo(3);
                    found.add(finding.words().title());
                });
            }
        }

        // Then each of them has its three pings
        assertThat(found)
                .containsExactlyInAnyOrderElementsOf(IntStream.range(0, 40)
                        .mapToObj(i -> "actor-" + i + " in round 1")
                        .toList());
    }

    @Test
    void aDetectorWithAnotherStateVersionLearnsAnew() throws Exception {
        OperatorSubtaskState state;
        try (Harness harness = open(settings)) {
            harness.ping("alice", "e1");
            harness.ping("alice", "e2");
            harness.flink.prepareSnapshotPreBarrier(1);
            state = harness.flink.snapshot(1, 1);
        }

        try (Harness harness = new Harness(settings, 1, 1, 0, feed, state, 1, new RepeatedCalls(2))) {
            harness.ping("alice", "e3");
            harness.ping("alice", "e4");
            harness.flink.prepareSnapshotPreBarrier(2);
            assertThat(harness.findings()).isEmpty();

            harness.ping("alice", "e5");
            harness.flink.prepareSnapshotPreBarrier(3);
            assertThat(harness.findings())
                    .extracting((Finding finding) -> finding.evidence().count())
                    .containsExactly(3L);
        }
    }

    @Test
    void learningIsCountedThroughCheckpointsAndForgetting() throws Exception {
        OperatorSubtaskState state;
        try (Harness harness = open(settings)) {
            harness.ping("alice", "e1");
            harness.ping("bob", "e2");
            harness.ping("bob", "e3");
            harness.ping("bob", "e4");
            harness.flink.prepareSnapshotPreBarrier(1);
            assertThat(harness.numbers())
                    .containsEntry("learning.repeated-calls", 1L)
                    .containsEntry("learned.repeated-calls", 1L);
            state = harness.flink.snapshot(1, 1);
        }

        try (Harness harness = restore(state, settings, 1, 1, 0, feed)) {
            harness.ping("alice", "e5");
            harness.ping("alice", "e6");
            harness.flink.prepareSnapshotPreBarrier(2);
            assertThat(harness.numbers())
                    .containsEntry("learning.repeated-calls", 0L)
                    .containsEntry("learned.repeated-calls", 2L);

            harness.flink.processWatermark(NOON.toEpochMilli() + HOUR + 1);
            harness.flink.setProcessingTime(DetectorOperator.QUIET.toMillis() + 1);
            harness.flink.prepareSnapshotPreBarrier(3);
            assertThat(harness.numbers()).containsEntry("learned.repeated-calls", 0L);
        }
    }

    private Harness open(JobSettings wanted) throws Exception {
        return open(wanted, 1);
    }

    private Harness open(JobSettings wanted, int round) throws Exception {
        return new Harness(wanted, round, 1, 0, feed, null, 1);
    }

    private Harness restore(
            @Nullable OperatorSubtaskState state, JobSettings wanted, int before, int now, int subtask, ListFeed from)
            throws Exception {
        return new Harness(wanted, 1, now, subtask, from, state, before);
    }

    private static DetectorTypes types(RepeatedCalls detector) {
        return new DetectorTypes(List.of(detector));
    }

    /** One subtask of the operator. */
    private static final class Harness implements AutoCloseable {

        private final KeyedOneInputStreamOperatorTestHarness<StateKey, Signal<?, ?>, Finding> flink;

        Harness(
                JobSettings settings,
                int round,
                int parallelism,
                int subtask,
                ListFeed feed,
                @Nullable OperatorSubtaskState state,
                int parallelismBefore)
                throws Exception {
            this(settings, round, parallelism, subtask, feed, state, parallelismBefore, new RepeatedCalls());
        }

        Harness(
                JobSettings settings,
                int round,
                int parallelism,
                int subtask,
                ListFeed feed,
                @Nullable OperatorSubtaskState state,
                int parallelismBefore,
                RepeatedCalls detector)
                throws Exception {
            flink = new KeyedOneInputStreamOperatorTestHarness<>(
                    new DetectorFactory(
                            round,
                            List.of(detector),
                            new OutputTag<>("next", types(detector).signals()),
                            feed,
                            settings),
                    DetectorTypes.byKey(),
                    types(detector).keys(),
                    MAX_PARALLELISM,
                    parallelism,
                    subtask);
            flink.setProcessingTime(0);
            if (state != null) {
                flink.initializeState(KeyedOneInputStreamOperatorTestHarness.repartitionOperatorState(
                        state, MAX_PARALLELISM, parallelismBefore, parallelism, subtask));
            }
            flink.open();
        }

        void ping(String actor, String eventId) throws Exception {
            ping(actor, eventId, NOON);
        }

        void ping(String actor, String eventId, Instant at) throws Exception {
            signal(RepeatedCalls.signal(actor, eventId, at));
        }

        void signal(Signal<?, ?> signal) throws Exception {
            flink.processElement(new StreamRecord<>(signal));
        }

        /** One ping of each of those of 40 actors whose state is here. */
        void pingOwn(String prefix, int parallelism, int subtask) throws Exception {
            for (int i = 0; i < 40; i++) {
                Signal<?, ?> signal = RepeatedCalls.signal("actor-" + i, prefix + i, NOON);
                int owner = KeyGroupRangeAssignment.assignKeyToParallelOperator(
                        DetectorTypes.byKey().getKey(signal), MAX_PARALLELISM, parallelism);
                if (owner == subtask) {
                    signal(signal);
                }
            }
        }

        List<Finding> findings() {
            return flink.extractOutputValues();
        }

        /** What it last said of itself. */
        Map<String, Long> numbers() {
            return List.copyOf(flink.getSideOutput(DetectorOperator.STATUS)).stream()
                    .reduce((earlier, later) -> later)
                    .orElseThrow()
                    .getValue()
                    .numbers();
        }

        List<String> titles() {
            return findings().stream()
                    .map((Finding finding) -> finding.words().title())
                    .toList();
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
