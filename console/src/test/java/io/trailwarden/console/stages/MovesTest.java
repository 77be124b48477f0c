package io.trailwarden.console.stages;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class MovesTest {

    private final Moves moves = new Moves();

    @Test
    void the_rate_is_over_the_span_asked_for() {
        moves.add(0, 0);
        moves.add(10_000, 1_000);
        moves.add(20_000, 1_500);

        assertThat(moves.perSecond(10_000)).isEqualTo(50.0);
        assertThat(moves.perSecond(60_000)).isEqualTo(75.0);
    }

    @Test
    void one_measurement_gives_no_rate() {
        assertThat(moves.perSecond(10_000)).isNull();
        moves.add(0, 5);
        assertThat(moves.perSecond(10_000)).isNull();
    }

    @Test
    void tells_since_when_it_is_above_a_value() {
        moves.add(1_000, 10);
        moves.add(2_000, 20);
        moves.add(3_000, 30);

        assertThat(moves.above(30)).isNull();
        assertThat(moves.above(20)).isEqualTo(3_000);
        assertThat(moves.above(15)).isEqualTo(2_000);
        assertThat(moves.above(5)).isEqualTo(1_000);
        assertThat(moves.alwaysAbove(5)).isTrue();
        assertThat(moves.alwaysAbove(10)).isFalse();
    }

    @Test
    void a_lower_value_starts_anew() {
        moves.add(0, 1_000);
        moves.add(1_000, 10);

        assertThat(moves.perSecond(60_000)).isNull();
        assertThat(moves.above(5)).isEqualTo(1_000);
    }

    @Test
    void remembers_the_last_rise() {
        assertThat(moves.lastRise()).isNull();
        moves.add(0, 1);
        assertThat(moves.lastRise()).isNull();
        moves.add(1_000, 2);
        moves.add(2_000, 2);
        assertThat(moves.lastRise()).isEqualTo(1_000);
    }

    @Test
    void old_measurements_are_let_go() {
        for (int i = 0; i < 5_000; i++) {
            moves.add(i, i);
        }
        assertThat(moves.above(-1)).isEqualTo(4_000);
    }
}
