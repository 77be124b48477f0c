package io.trailwarden.sigma.rule;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TextPatternTest {

    private static final int ANY = TextPattern.ANY;
    private static final int ONE = TextPattern.ONE;

    @Test
    void stars_and_question_marks_are_wildcards_unless_a_backslash_stands_before_them() {
        assertThat(TextPattern.parse("a*?").symbols()).containsExactly('a', ANY, ONE);
        assertThat(TextPattern.parse("\\*\\?").symbols()).containsExactly('*', '?');
        assertThat(TextPattern.parse("\\\\*").symbols()).containsExactly('\\', ANY);
        assertThat(TextPattern.parse("C:\\Windows\\").symbols())
                .containsExactly("C:\\Windows\\".chars().toArray());
        assertThat(TextPattern.parse("\ud83d\ude00?").symbols()).containsExactly(0x1F600, ONE);
        assertThat(TextPattern.parse("").symbols()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            quoteCharacter = '`',
            value = {"a, *a, a*", "*a, *a, *a*", "a*, *a*, a*", "``, *, *", "*, *, *", "?, *?, ?*"})
    void any_text_before_or_after_is_said_once(String written, String before, String after) {
        TextPattern pattern = TextPattern.parse(written);

        assertThat(pattern.anyBefore()).isEqualTo(TextPattern.parse(before));
        assertThat(pattern.anyAfter()).isEqualTo(TextPattern.parse(after));
        assertThat(pattern.anyBefore().anyBefore()).isEqualTo(pattern.anyBefore());
        assertThat(pattern.anyAfter().anyAfter()).isEqualTo(pattern.anyAfter());
    }

    @Test
    void only_a_pattern_without_wildcards_is_a_text() {
        assertThat(TextPattern.literal("a*b").isLiteral()).isTrue();
        assertThat(TextPattern.literal("a*b").literal()).isEqualTo("a*b");
        assertThat(TextPattern.parse("a*b").isLiteral()).isFalse();
        assertThatThrownBy(() -> TextPattern.parse("a*b").literal()).hasMessage("not literal: a*b");
    }

    @Test
    void wildcards_are_ascii_and_an_umlaut_is_not() {
        assertThat(TextPattern.parse("a*?\u007f").isAscii()).isTrue();
        assertThat(TextPattern.parse("a\u0080").isAscii()).isFalse();
    }

    @Test
    void nobody_can_change_a_pattern_through_its_symbols() {
        int[] given = {'a', ANY};
        TextPattern pattern = TextPattern.of(given);
        given[0] = 'b';
        pattern.symbols()[0] = 'c';

        assertThat(pattern).isEqualTo(TextPattern.parse("a*")).hasSameHashCodeAs(TextPattern.parse("a*"));
        assertThat(pattern).isNotEqualTo(TextPattern.literal("a*"));
    }

    @Property(tries = 2_000)
    void what_it_is_shown_as_means_the_same_pattern(@ForAll("symbols") int[] symbols) {
        TextPattern pattern = TextPattern.of(symbols);

        assertThat(TextPattern.parse(pattern.toString())).as("%s", pattern).isEqualTo(pattern);
    }

    @Provide
    Arbitrary<int[]> symbols() {
        return Arbitraries.of((int) 'a', (int) '\\', (int) '*', (int) '?', ANY, ONE, 0x1F600)
                .array(int[].class)
                .ofMaxSize(6);
    }
}
