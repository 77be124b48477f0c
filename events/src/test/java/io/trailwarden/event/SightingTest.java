package io.trailwarden.event;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.List;
import java.util.TreeSet;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class SightingTest {

    private static final Instant NOON = Instant.parse("2026-03-02T12:00:00Z");

    @Test
    void the_earliest_comes_first_and_of_one_moment_the_smallest_id() {
        Sighting a = new Sighting(NOON, "a");
        Sighting b = new Sighting(NOON, "b");
        Sighting earlier = new Sighting(NOON.minusNanos(1), "z");

        assertThat(new TreeSet<>(List.of(b, a, earlier))).containsExactly(earlier, a, b);
        assertThat(a.compareTo(new Sighting(NOON, "a"))).isZero();
    }

    @Property(tries = 200)
    void a_long_id_is_bounded_once_and_stays_what_it_is(@ForAll @IntRange(min = 1, max = 100_000) int length) {
        Sighting one = new Sighting(NOON, "x".repeat(length));

        assertThat(one.eventId()).hasSizeLessThanOrEqualTo(Bounded.MAX_TEXT);
        assertThat(new Sighting(NOON, one.eventId())).isEqualTo(one);
    }
}
