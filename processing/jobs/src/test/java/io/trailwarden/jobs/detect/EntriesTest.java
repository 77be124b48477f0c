package io.trailwarden.jobs.detect;

import static org.assertj.core.api.Assertions.assertThat;

import io.trailwarden.detection.Signal;
import io.trailwarden.event.Finding;
import io.trailwarden.jobs.ListFeed;
import io.trailwarden.jobs.TestRecords;
import io.trailwarden.jobs.operator.JobSettings;
import io.trailwarden.jobs.state.StateKey;
import io.trailwarden.settings.Values;
import java.net.URI;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.runtime.state.StateBackend;
import org.apache.flink.runtime.state.hashmap.HashMapStateBackend;
import org.apache.flink.state.rocksdb.EmbeddedRocksDBStateBackend;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.util.KeyedOneInputStreamOperatorTestHarness;
import org.apache.flink.util.OutputTag;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** How the operator keeps, judges and forgets the entries of a detector. */
class EntriesTest {

    private static final Instant NOON = TestRecords.NOON;

    private final JobSettings settings = JobSettings.local(1, URI.create("file:///none"));
    private final JobSettings oneKey = JobSettings.of(
            JobSettings.Processing.of(Values.DEFAULTS.with(JobSettings.Processing.MAX_KEYS, 1L)),
            URI.create("file:///none"));
    private final ListFeed feed = ListFeed.empty();

    @TempDir
    private Path scratch;

    @BeforeEach
    void nothingIsJudged() {
        Visitors.JUDGED.clear();
    }

    @ParameterizedTest
    @EnumSource(JobSettings.StateBackend.class)
    void a_newcomer_is_judged_alone(JobSettings.StateBackend backend) throws Exception {
        try (Harness harness = new Harness(backend, settings, null)) {
            for (int i = 0; i < 20; i++) {
                harness.visit("inn", "guest-" + i, NOON.plusSeconds(i));
            }
            harness.second();
            Visitors.JUDGED.clear();

            harness.second();
            harness.visit("inn", "mallory", NOON.plusSeconds(60));
            harness.visit("inn", "mallory", NOON.plusSeconds(61));
            harness.second();

            assertThat(Visitors.JUDGED).containsExactly("mallory");
            assertThat(harness.titles()).hasSize(21).endsWith("mallory at nobody's");
        }
    }

    @ParameterizedTest
    @EnumSource(JobSettings.StateBackend.class)
    void all_are_judged_when_the_head_or_reference_data_changed(JobSettings.StateBackend backend) throws Exception {
        try (Harness harness = new Harness(backend, settings, null)) {
            harness.visit("inn", "alice", NOON);
            harness.visit("inn", "bob", NOON);
            harness.visit("barn", "carol", NOON);
            harness.second();
            harness.visit("inn", "owner:dana", NOON);
            harness.second();
            assertThat(harness.titles())
                    .containsExactlyInAnyOrder(
                            "alice at nobody's",
                            "bob at nobody's",
                            "carol at nobody's",
                            "alice at dana's",
                            "bob at dana's");

            Visitors.JUDGED.clear();
            feed.put(ListFeed.account("111111111111"));
            harness.second();

            assertThat(Visitors.JUDGED).containsExactlyInAnyOrder("alice", "bob", "carol");
        }
    }

    @ParameterizedTest
    @EnumSource(JobSettings.StateBackend.class)
    void what_was_published_is_known_after_a_restore_and_judged_again_when_reference_data_changed(
            JobSettings.StateBackend backend) throws Exception {
        feed.put(ListFeed.account("111111111111"));
        OperatorSubtaskState state;
        try (Harness harness = new Harness(backend, settings, null)) {
            harness.visit("inn", "alice", NOON);
            harness.visit("inn", "bob", NOON);
            harness.flink.prepareSnapshotPreBarrier(1);
            state = harness.flink.snapshot(1, 1);
            assertThat(harness.titles()).containsExactly("alice at nobody's", "bob at nobody's");
        }

        try (Harness harness = new Harness(backend, settings, state)) {
            harness.visit("inn", "alice", NOON);
            harness.visit("inn", "carol", NOON);
            harness.second();
            assertThat(harness.titles()).containsExactly("carol at nobody's");
        }

        feed.put(ListFeed.account("222222222222"));
        try (Harness harness = new Harness(backend, settings, state)) {
            assertThat(harness.titles()).containsExactlyInAnyOrder("alice at nobody's", "bob at nobody's");
        }
    }

    @ParameterizedTest
    @EnumSource(JobSettings.StateBackend.class)
    void entries_go_with_their_head(JobSettings.StateBackend backend) throws Exception {
        try (Harness harness = new Harness(backend, settings, null)) {
            harness.visit("inn", "alice", NOON);
            harness.visit("inn", "bob", NOON);
            harness.second();
            harness.flink.processWatermark(NOON.plus(Visitors.MEMORY).toEpochMilli() + 1);
            harness.flink.setProcessingTime(2 * DetectorOperator.QUIET.toMillis());
            Visitors.JUDGED.clear();

            harness.visit("inn", "carol", NOON);
            harness.visit("inn", "owner:dana", NOON);
            harness.second();

            assertThat(Visitors.JUDGED).contains("carol").doesNotContain("alice", "bob");
        }
    }

    @ParameterizedTest
    @EnumSource(JobSettings.StateBackend.class)
    void above_the_cap_an_entry_is_judged_and_not_kept(JobSettings.StateBackend backend) throws Exception {
        try (Harness harness = new Harness(backend, oneKey, null)) {
            harness.visit("inn", "alice", NOON);
            harness.visit("barn", "bob", NOON);
            harness.visit("barn", "bob", NOON);

            assertThat(harness.titles())
                    .containsExactly(
                            "alice at nobody's",
                            "bob at nobody's",
                            "Detector visitors cannot remember more keys",
                            "bob at nobody's");
            Visitors.JUDGED.clear();
            feed.put(ListFeed.account("111111111111"));
            harness.second();
            assertThat(Visitors.JUDGED).containsExactly("alice");
        }
    }

    @ParameterizedTest
    @EnumSource(JobSettings.StateBackend.class)
    void a_merge_that_fails_half_way_leaves_no_entry(JobSettings.StateBackend backend) throws Exception {
        try (Harness harness = new Harness(backend, settings, null)) {
            harness.visit("inn", "alice", NOON);
            harness.visit("inn", "poison", NOON);
            harness.visit("inn", "owner:dana", NOON);
            harness.second();

            assertThat(Visitors.JUDGED).contains("alice").doesNotContain("poison");
            assertThat(harness.titles()).contains("Detector visitors failed on a record");
        }
    }

    @ParameterizedTest
    @EnumSource(JobSettings.StateBackend.class)
    void an_entry_that_cannot_be_judged_does_not_keep_others_from_it(JobSettings.StateBackend backend)
            throws Exception {
        try (Harness harness = new Harness(backend, settings, null)) {
            for (String visitor : List.of("alice", "unspeakable", "bob", "zoe")) {
                harness.visit("inn", visitor, NOON);
            }
            harness.second();

            assertThat(harness.titles())
                    .containsExactlyInAnyOrder(
                            "alice at nobody's",
                            "bob at nobody's",
                            "zoe at nobody's",
                            "Detector visitors failed on a record");
        }
    }

    /** One subtask of the operator. */
    private final class Harness implements AutoCloseable {

        private final KeyedOneInputStreamOperatorTestHarness<StateKey, Signal<?, ?>, Finding> flink;
        private long now;

        Harness(JobSettings.StateBackend backend, JobSettings wanted, @Nullable OperatorSubtaskState state)
                throws Exception {
            DetectorTypes types = new DetectorTypes(List.of(new Visitors()));
            flink = new KeyedOneInputStreamOperatorTestHarness<>(
                    new DetectorFactory(
                            1, List.of(new Visitors()), new OutputTag<>("next", types.signals()), feed, wanted),
                    DetectorTypes.byKey(),
                    types.keys());
            flink.setStateBackend(backend(backend));
            flink.setProcessingTime(0);
            if (state != null) {
                flink.initializeState(state);
            }
            flink.open();
        }

        private StateBackend backend(JobSettings.StateBackend backend) {
            if (backend == JobSettings.StateBackend.HEAP) {
                return new HashMapStateBackend();
            }
            EmbeddedRocksDBStateBackend rocks = new EmbeddedRocksDBStateBackend();
            rocks.setDbStoragePath(scratch.toString());
            return rocks;
        }

        void visit(String house, String visitor, Instant at) throws Exception {
            flink.processElement(new StreamRecord<>(Visitors.signal(house, visitor, at)));
        }

        void second() throws Exception {
            now += 1_000;
            flink.setProcessingTime(now);
        }

        List<String> titles() {
            return flink.extractOutputValues().stream()
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
