package io.trailwarden.console.source;

import static org.assertj.core.api.Assertions.assertThat;

import io.trailwarden.console.source.LedgerView.Entry;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LedgerViewTest {

    @ParameterizedTest
    @CsvSource({
        "0, 0, 0, 0, 0, true",
        "10, 7, 2, 1, 0, true",
        "10, 6, 2, 1, 1, false",
        // While an object is being read, its records are there before the word of how many it holds.
        "0, 5, 1, 0, -6, false",
    })
    void a_source_balances_when_each_record_that_came_in_has_its_outcome(
            long received, long stored, long duplicates, long dead, long inFlight, boolean balances) {
        Entry entry = new Entry("s3", received, stored, duplicates, dead);

        assertThat(entry.inFlight()).isEqualTo(inFlight);
        assertThat(entry.balances()).isEqualTo(balances);
    }
}
