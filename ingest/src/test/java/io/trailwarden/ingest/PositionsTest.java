package io.trailwarden.ingest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PositionsTest {

    private static final TopicPartition P0 = new TopicPartition("t", 0);
    private static final TopicPartition P1 = new TopicPartition("t", 1);

    @TempDir
    Path folder;

    private Positions positions;

    @BeforeEach
    void open() throws Exception {
        positions = Positions.open(folder.resolve("deep/positions.db"));
    }

    @AfterEach
    void close() {
        positions.close();
    }

    @Test
    void a_position_is_written_down_when_every_partition_is_passed() throws Exception {
        positions.add("s", "k", "one", delivered(Map.of(P0, 4L, P1, 7L)), 10);

        assertThat(positions.confirm(Map.of())).isZero();
        assertThat(positions.confirm(Map.of(P0, 5L))).isZero();
        assertThat(positions.confirm(Map.of(P0, 5L, P1, 7L))).isZero();
        assertThat(positions.stored("s", "k")).isNull();
        assertThat(positions.newest("s", "k")).isEqualTo("one");
        assertThat(positions.waiting()).isEqualTo(1);

        assertThat(positions.confirm(Map.of(P0, 5L, P1, 8L))).isEqualTo(1);
        assertThat(positions.stored("s", "k")).isEqualTo("one");
        assertThat(positions.waiting()).isZero();
        assertThat(positions.waitingBytes()).isZero();
    }

    @Test
    void positions_of_one_key_are_confirmed_in_order() throws Exception {
        positions.add("s", "k", "one", delivered(Map.of(P0, 9L)), 1);
        positions.add("s", "k", "two", delivered(Map.of(P1, 1L)), 1);
        positions.add("s", "other", "x", delivered(Map.of(P1, 1L)), 1);

        assertThat(positions.confirm(Map.of(P1, 2L))).isEqualTo(1);
        assertThat(positions.stored("s", "k")).isNull();
        assertThat(positions.stored("s", "other")).isEqualTo("x");
        assertThat(positions.newest("s", "k")).isEqualTo("two");

        assertThat(positions.confirm(Map.of(P0, 10L, P1, 2L))).isEqualTo(2);
        assertThat(positions.stored("s", "k")).isEqualTo("two");
    }

    @Test
    void behind_many_that_wait_a_position_waits_its_turn_and_is_not_forgotten() throws Exception {
        for (int i = 0; i < 3_000; i++) {
            positions.add("s", "k" + i, "p", delivered(Map.of(P0, (long) i)), 1);
        }
        positions.add("s", "last", "p", delivered(Map.of(P1, 0L)), 1);

        assertThat(positions.confirm(Map.of(P0, 1_000L, P1, 1L))).isEqualTo(1_000);
        assertThat(positions.stored("s", "last")).isNull();
        assertThat(positions.confirm(Map.of(P0, 3_000L, P1, 1L))).isEqualTo(2_001);
        assertThat(positions.stored("s", "last")).isEqualTo("p");
    }

    @Test
    void what_is_unacknowledged_or_failed_is_never_confirmed() throws Exception {
        Delivery open = new Delivery();
        open.sent();
        positions.add("s", "open", "x", open, 1);
        Delivery failed = new Delivery();
        failed.sent();
        failed.failed(new IllegalStateException("no"));
        positions.add("s", "failed", "x", failed, 1);

        assertThat(positions.confirm(Map.of(P0, 100L))).isZero();
    }

    @Test
    void written_positions_outlive_the_process_and_waiting_ones_do_not() throws Exception {
        positions.add("s", "a", "one", delivered(Map.of(P0, 0L)), 1);
        positions.confirm(Map.of(P0, 1L));
        positions.add("s", "b", "two", delivered(Map.of(P0, 1L)), 1);
        positions.close();
        positions = Positions.open(folder.resolve("deep/positions.db"));

        assertThat(positions.newest("s", "a")).isEqualTo("one");
        assertThat(positions.newest("s", "b")).isNull();
    }

    @Test
    void sources_do_not_mix() throws Exception {
        positions.add("s1", "k", "one", delivered(Map.of(P0, 0L)), 1);
        positions.add("s2", "k", "two", delivered(Map.of(P0, 0L)), 1);
        positions.forgetWaiting("s1");

        assertThat(positions.newest("s1", "k")).isNull();
        assertThat(positions.newest("s2", "k")).isEqualTo("two");
        assertThat(positions.waitingBytes()).isEqualTo(1);
    }

    @Test
    void names_and_positions_may_be_any_text() throws Exception {
        String odd = "'; DROP TABLE positions; --\n\u0000é";
        positions.add(odd, odd, odd, delivered(Map.of(P0, 0L)), 1);
        positions.confirm(Map.of(P0, 1L));
        assertThat(positions.stored(odd, odd)).isEqualTo(odd);
    }

    @Test
    void who_is_too_far_ahead_waits_for_the_archive() throws Exception {
        positions.add("s", "k", "one", delivered(Map.of(P0, 0L)), 100);
        CountDownLatch released = new CountDownLatch(1);
        Thread reader = new Thread(() -> {
            try {
                positions.awaitLead(50);
                released.countDown();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
        reader.start();

        assertThat(released.await(100, TimeUnit.MILLISECONDS)).isFalse();
        positions.confirm(Map.of(P0, 1L));
        assertThat(released.await(30, TimeUnit.SECONDS)).isTrue();
        reader.join();
    }

    @Test
    void a_file_that_is_no_database_is_refused_by_name() throws Exception {
        Path file = Files.writeString(folder.resolve("x.db"), "this is not a database, it is a text of some length");
        assertThatThrownBy(() -> Positions.open(file))
                .isInstanceOf(IngestException.class)
                .hasMessageContaining("x.db");
    }

    private static Delivery delivered(Map<TopicPartition, Long> marks) {
        Delivery delivery = new Delivery();
        marks.forEach((partition, offset) -> {
            delivery.sent();
            delivery.acknowledged(partition, offset);
        });
        return delivery;
    }
}
