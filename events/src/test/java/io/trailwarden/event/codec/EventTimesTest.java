package io.trailwarden.event.codec;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.LongRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class EventTimesTest {

    @ParameterizedTest
    @CsvSource({
        "2024-05-01T01:23:45Z,             2024-05-01T01:23:45Z",
        "2024-02-29T23:59:59Z,             2024-02-29T23:59:59Z",
        "2024-05-01T01:23:45.678Z,         2024-05-01T01:23:45.678Z",
        "2024-05-01T01:23:45.678901234Z,   2024-05-01T01:23:45.678901234Z",
        "2024-05-01T01:23:45,              2024-05-01T01:23:45Z",
        "2024-05-01T01:23:45+02:00,        2024-04-30T23:23:45Z",
        "2024-05-01T01:23:45.5+0530,       2024-04-30T19:53:45.5Z",
        "2025-10-30 23:45:00,              2025-10-30T23:45:00Z",
        "2022-02-08 09:23:37+11:00,        2022-02-07T22:23:37Z",
        "2023-01-02 03:04:05.123456789,    2023-01-02T03:04:05.123456789Z",
        "2023-01-02 03:04:05 UTC,          2023-01-02T03:04:05Z",
        "2024-05-01t01:23:45z,             2024-05-01T01:23:45Z",
        "20131102T010628Z,                 2013-11-02T01:06:28Z",
        "1772442750,                       2026-03-02T09:12:30Z",
        "1772442750100,                    2026-03-02T09:12:30.1Z",
        "1507217624.3021,                  2017-10-05T15:33:44.302Z",
    })
    void every_layout_that_occurs_is_read(String written, Instant time) {
        assertThat(parse(written)).isEqualTo(time);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "redacted",
                "timestamp",
                "2024-13-01T00:00:00Z",
                "2023-02-29T00:00:00Z",
                "2024-05-01T24:00:01Z",
                "2024-05-01T01:60:00Z",
                "2024-05-01",
                "1969-12-31T23:59:59Z",
                "0001-01-01T00:00:00Z",
                "+10000-01-01T00:00:00Z",
                "99999999999999999999",
                "1.2.3",
                "-5",
                "2O24-05-01T01:23:45Z",
                "2024-05-01T01:23:4xZ"
            })
    void what_is_no_time_of_our_years_is_none(String written) {
        assertThat(parse(written)).isNull();
    }

    @Test
    void the_short_way_and_the_careful_way_agree_on_every_day() {
        for (Instant day = Instant.parse("1970-01-01T12:34:56Z");
                day.isBefore(Instant.parse("2110-01-01T00:00:00Z"));
                day = day.plus(1, ChronoUnit.DAYS)) {
            assertThat(parse(day.toString())).isEqualTo(day);
        }
    }

    @Property
    void any_second_comes_back(@ForAll @LongRange(max = 253_402_300_799L) long second) {
        Instant time = Instant.ofEpochSecond(second);
        assertThat(parse(time.toString())).isEqualTo(time);
    }

    private static Instant parse(String written) {
        byte[] bytes = ("\"" + written + "\"").getBytes(StandardCharsets.UTF_8);
        return EventTimes.parse(bytes, 1, bytes.length - 1);
    }
}
