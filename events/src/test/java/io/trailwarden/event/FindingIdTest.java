package io.trailwarden.event;

import static org.assertj.core.api.Assertions.assertThat;

import net.jqwik.api.Assume;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

class FindingIdTest {

    /** Pinned: whoever changes this forgets every decision that people made about findings. */
    @Test
    void is_the_first_half_of_a_hash_over_parts_with_their_lengths() {
        // printf '\0\0\0\x05sweep\0\0\0\x02ab\0\0\0\x01c' | sha256sum | cut -c1-32
        assertThat(FindingId.of("sweep", "ab", "c")).isEqualTo("61cf6d73b40432a3f57e0a75ff0e8d13");
        assertThat(FindingId.of("sweep")).isEqualTo("4dc3d1fe19b9402272b0eaa1f05078f6");
        assertThat(FindingId.of("sweep", "é".repeat(200))).isEqualTo("b2f9635e852ff657cd2a96e11a8d649f");
    }

    @Property(tries = 300)
    void parts_that_are_cut_elsewhere_give_another_id(@ForAll String one, @ForAll String two, @ForAll char moved) {
        Assume.that(!Character.isSurrogate(moved));
        assertThat(FindingId.of("d", one + moved, two)).isNotEqualTo(FindingId.of("d", one, moved + two));
        assertThat(FindingId.of("d", one, two)).isNotEqualTo(FindingId.of("d", one + two));
        assertThat(FindingId.of("d", one)).matches("[0-9a-f]{32}");
    }
}
