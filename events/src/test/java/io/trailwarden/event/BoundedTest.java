package io.trailwarden.event;

import static org.assertj.core.api.Assertions.assertThat;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

class BoundedTest {

    @Property
    void short_texts_stay_as_they_are(@ForAll @IntRange(max = Bounded.MAX_TEXT) int length) {
        String text = "\u0130".repeat(length);
        assertThat(Bounded.text(text)).isSameAs(text);
    }

    @Property(tries = 200)
    void long_texts_are_short_stay_apart_and_bounding_twice_changes_nothing(
            @ForAll @IntRange(min = Bounded.MAX_TEXT + 1, max = 100_000) int length, @ForAll char end) {
        String text = "k".repeat(length - 1);
        String bounded = Bounded.text(text + end);
        assertThat(bounded).hasSize(Bounded.MAX_TEXT);
        assertThat(Bounded.text(bounded)).isSameAs(bounded);
        assertThat(bounded).isNotEqualTo(Bounded.text(text + (char) (end + 1)));
    }
}
