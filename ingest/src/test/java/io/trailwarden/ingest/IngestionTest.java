package io.trailwarden.ingest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.trailwarden.ingest.Ingestion.Schedule;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class IngestionTest {

    private static final Schedule ONCE = new Schedule(false, Duration.ofMillis(1), Duration.ofMillis(1));
    private static final Schedule FOLLOW = new Schedule(true, Duration.ofMillis(1), Duration.ofMillis(1));
    private static final TopicPartition P0 = new TopicPartition("t", 0);

    @TempDir
    Path folder;

    private Positions positions;

    @BeforeEach
    void open() throws Exception {
        positions = Positions.open(folder.resolve("positions.db"));
    }

    @AfterEach
    void close() {
        positions.close();
    }

    @Test
    void reading_once_makes_one_pass() throws Exception {
        Counting ingester = new Counting(0);
        try (Ingestion ingestion = Ingestion.start(List.of(ingester), positions, Map::of, ONCE)) {
            ingestion.awaitRead();
            assertThat(ingestion.awaitStored(Duration.ofSeconds(10))).isTrue();
        }
        assertThat(ingester.passes.get()).isEqualTo(1);
    }

    @Test
    void following_makes_passes_until_it_is_closed() throws Exception {
        Counting ingester = new Counting(0);
        try (Ingestion ingestion = Ingestion.start(List.of(ingester), positions, Map::of, FOLLOW)) {
            ingestion.awaitRead();
            await().until(() -> ingester.passes.get() > 5);
        }
        int passes = ingester.passes.get();
        assertThat(ingester.passes.get()).isEqualTo(passes);
    }

    @Test
    void a_failing_pass_is_repeated() throws Exception {
        Counting ingester = new Counting(2);
        try (Ingestion ingestion = Ingestion.start(List.of(ingester), positions, Map::of, ONCE)) {
            ingestion.awaitRead();
        }
        assertThat(ingester.passes.get()).isEqualTo(3);
    }

    @Test
    void reading_once_gives_up_at_last_and_says_why() {
        Counting ingester = new Counting(Integer.MAX_VALUE);
        try (Ingestion ingestion = Ingestion.start(List.of(ingester), positions, Map::of, ONCE)) {
            assertThatThrownBy(ingestion::awaitRead)
                    .isInstanceOf(IngestException.class)
                    .hasMessageContaining("pass 5 fails");
        }
        assertThat(ingester.passes.get()).isEqualTo(5);
    }

    @Test
    void a_bug_ends_reading_loudly() {
        Ingester buggy = new Counting(0) {
            @Override
            public void pass() {
                throw new IllegalStateException("bug");
            }
        };
        try (Ingestion ingestion = Ingestion.start(List.of(buggy), positions, Map::of, FOLLOW)) {
            assertThatThrownBy(ingestion::awaitRead)
                    .isInstanceOf(IngestException.class)
                    .hasRootCauseMessage("bug");
        }
    }

    @Test
    void a_source_whose_thread_died_after_the_first_pass_is_said_when_asked() throws Exception {
        Ingester dying = new Counting(0) {
            @Override
            public void pass() throws InterruptedException, IngestException {
                super.pass();
                if (passes.get() == 2) {
                    throw new OutOfMemoryError("Java heap space");
                }
            }
        };
        try (Ingestion ingestion = Ingestion.start(List.of(dying), positions, Map::of, FOLLOW)) {
            ingestion.awaitRead();
            await().untilAsserted(() -> assertThatThrownBy(ingestion::requireReading)
                    .isInstanceOf(IngestException.class)
                    .hasMessageContaining("source counting is not read any more")
                    .hasRootCauseMessage("Java heap space"));
        }
    }

    @Test
    void a_pass_that_fails_comes_again_and_is_no_end() throws Exception {
        Counting failing = new Counting(3);
        try (Ingestion ingestion = Ingestion.start(List.of(failing), positions, Map::of, FOLLOW)) {
            await().until(() -> failing.passes.get() > 4);
            ingestion.requireReading();
        }
    }

    @Test
    void positions_move_as_soon_as_the_archive_has_stored_what_they_stand_for() throws Exception {
        AtomicInteger stored = new AtomicInteger();
        Delivery delivery = new Delivery();
        delivery.sent();
        delivery.acknowledged(P0, 0);
        positions.add("s", "k", "one", delivery, 1);
        StoredOffsets offsets = () -> {
            if (stored.get() == 0) {
                throw new IngestException("Kafka is not there yet");
            }
            return Map.of(P0, 1L);
        };
        try (Ingestion ingestion = Ingestion.start(List.of(), positions, offsets, FOLLOW)) {
            assertThat(ingestion.awaitStored(Duration.ofMillis(50))).isFalse();
            stored.set(1);
            assertThat(ingestion.awaitStored(Duration.ofSeconds(60))).isTrue();
        }
        assertThat(positions.stored("s", "k")).isEqualTo("one");
    }

    @Test
    void closing_interrupts_a_pass() throws Exception {
        CountDownLatch started = new CountDownLatch(1);
        CountDownLatch interrupted = new CountDownLatch(1);
        Ingester endless = new Counting(0) {
            @Override
            public void pass() throws InterruptedException {
                started.countDown();
                try {
                    new CountDownLatch(1).await();
                } catch (InterruptedException e) {
                    interrupted.countDown();
                    throw e;
                }
            }
        };
        Ingestion ingestion = Ingestion.start(List.of(endless), positions, Map::of, ONCE);
        assertThat(started.await(30, TimeUnit.SECONDS)).isTrue();
        ingestion.close();
        assertThat(interrupted.await(30, TimeUnit.SECONDS)).isTrue();
    }

    /** An ingester whose first passes fail. */
    private static class Counting implements Ingester {

        final AtomicInteger passes = new AtomicInteger();
        private final int failures;

        Counting(int failures) {
            this.failures = failures;
        }

        @Override
        public String source() {
            return "counting";
        }

        @Override
        public void pass() throws InterruptedException, IngestException {
            int pass = passes.incrementAndGet();
            if (pass <= failures) {
                throw new IngestException("pass " + pass + " fails");
            }
        }

        @Override
        public IngestProgress progress() {
            return new IngestProgress(0, 0, 0, 0, 0, Map.of());
        }

        @Override
        public void close() {}
    }
}
