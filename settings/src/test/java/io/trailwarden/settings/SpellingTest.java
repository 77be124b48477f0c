package io.trailwarden.settings;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SpellingTest {

    @ParameterizedTest
    @CsvSource({
        "follow, follow, 0",
        "folow, follow, 1",
        "fololw, follow, 1",
        "kitten, sitting, 3",
        "'', abc, 3",
        "abc, '', 3"
    })
    void the_distance_counts_insertions_deletions_replacements_and_swaps(String a, String b, int distance) {
        assertThat(Spelling.distance(a, b)).isEqualTo(distance);
        assertThat(Spelling.distance(b, a)).isEqualTo(distance);
    }

    @Test
    void what_is_near_is_what_was_meant() {
        assertThat(Spelling.nearest("snks", List.of("sns", "sinks", "storage"))).contains("sinks");
        assertThat(Spelling.nearest("console", List.of("sns", "sinks"))).isEmpty();
        assertThat(Spelling.nearest("ab", List.of("ac", "bb", "ad")))
                .as("of equals the first by name")
                .contains("ac");
    }

    @Test
    void where_nothing_is_near_all_there_is_is_told() {
        assertThat(Spelling.hint("folow", List.of("follow"))).isEqualTo(" (did you mean \"follow\"?)");
        assertThat(Spelling.hint("x", List.of("kafka", "sinks"))).isEqualTo(" (expected: one of kafka, sinks)");
    }
}
