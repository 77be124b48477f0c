package io.trailwarden.storage.catalog;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.time.LocalDate;
import org.junit.jupiter.api.Test;

class TableTimesTest {

    @Test
    void a_day_begins_at_midnight_utc_also_before_1970() {
        assertThat(TableTimes.day(Instant.parse("2026-03-01T00:00:00Z")))
                .isEqualTo((int) LocalDate.of(2026, 3, 1).toEpochDay());
        assertThat(TableTimes.day(Instant.parse("2026-02-28T23:59:59.999999999Z")))
                .isEqualTo((int) LocalDate.of(2026, 2, 28).toEpochDay());
        assertThat(TableTimes.day(Instant.parse("1969-12-31T23:59:59Z"))).isEqualTo(-1);
    }

    @Test
    void times_that_no_engine_reads_become_the_nearest_that_one_does() {
        assertThat(TableTimes.instant(TableTimes.micros(Instant.MAX)))
                .isEqualTo(Instant.parse("9999-12-31T23:59:59.999999Z"));
        assertThat(TableTimes.instant(TableTimes.micros(Instant.MIN))).isEqualTo(Instant.parse("0001-01-01T00:00:00Z"));
        assertThat(TableTimes.instant(TableTimes.micros(Instant.parse("1969-12-31T23:59:59.000001999Z"))))
                .isEqualTo(Instant.parse("1969-12-31T23:59:59.000001Z"));
    }
}
