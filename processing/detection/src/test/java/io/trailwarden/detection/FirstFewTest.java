package io.trailwarden.detection;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class FirstFewTest {

    @Test
    void the_first_few_pass_and_then_only_what_is_not_later() {
        FirstFew memory = new FirstFew(2, 16);

        assertThat(passed(memory, 7, 10, 20, 21, 20, 5)).containsExactly(true, true, false, true, true);
    }

    @Test
    void groups_do_not_spend_each_others_places() {
        FirstFew memory = new FirstFew(1, 16);

        assertThat(memory.passes(1, 10)).isTrue();
        assertThat(memory.passes(2, 10)).isTrue();
        assertThat(memory.passes(1, 11)).isFalse();
        assertThat(memory.passes(2, 11)).isFalse();
    }

    @Test
    void the_group_whose_hash_is_zero_is_one_like_any_other() {
        FirstFew memory = new FirstFew(1, 16);

        assertThat(passed(memory, 0, 10, 11)).containsExactly(true, false);
    }

    @Test
    void four_groups_of_one_place_are_remembered_and_a_fifth_takes_the_place_of_the_first() {
        FirstFew memory = new FirstFew(1, 4);
        for (long group = 1; group <= 4; group++) {
            assertThat(memory.passes(group, 10)).isTrue();
            assertThat(memory.passes(group, 11)).as("group %s", group).isFalse();
        }

        assertThat(memory.passes(5, 10)).isTrue();

        assertThat(memory.passes(5, 11)).isFalse();
        assertThat(memory.passes(2, 11)).isFalse();
        assertThat(memory.passes(1, 11)).as("forgotten: passes again").isTrue();
    }

    @Test
    void forgets_everything_when_told_to() {
        FirstFew memory = new FirstFew(1, 4);
        assertThat(passed(memory, 1, 10, 11)).containsExactly(true, false);

        memory.clear();

        assertThat(passed(memory, 1, 11, 12)).containsExactly(true, false);
    }

    private static List<Boolean> passed(FirstFew memory, long group, int... times) {
        return IntStream.of(times).mapToObj(time -> memory.passes(group, time)).toList();
    }
}
