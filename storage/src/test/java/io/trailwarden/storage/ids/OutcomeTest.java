package io.trailwarden.storage.ids;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class OutcomeTest {

    @ParameterizedTest
    @CsvSource({
        "NEW, true, false, false, true",
        "NEW_UNDER_KNOWN_ID, true, false, false, true",
        "DUPLICATE, false, true, false, false",
        "DUPLICATE_UNDETECTED, false, true, false, true",
        "REDELIVERED, false, false, true, false",
        "REDELIVERED_UNDETECTED, false, false, true, true",
    })
    void says_what_to_do(Outcome outcome, boolean store, boolean duplicate, boolean redelivered, boolean detect) {
        assertThat(outcome.store()).isEqualTo(store);
        assertThat(outcome.duplicate()).isEqualTo(duplicate);
        assertThat(outcome.redelivered()).isEqualTo(redelivered);
        assertThat(outcome.detect()).isEqualTo(detect);
    }

    @ParameterizedTest
    @EnumSource
    void counts_a_delivery_in_exactly_one_place(Outcome outcome) {
        assertThat(new boolean[] {outcome.store(), outcome.duplicate(), outcome.redelivered()})
                .containsOnlyOnce(true);
    }
}
