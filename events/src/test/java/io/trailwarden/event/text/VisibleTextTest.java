package io.trailwarden.event.text;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class VisibleTextTest {

    @ParameterizedTest
    @ValueSource(strings = {"", "plain", "Straße", "İstanbul ıI", "日本語", "emoji \uD83D\uDE00", "a\\b", "<b>&amp;</b>"})
    void what_everybody_can_read_stays_as_it_is(String text) {
        assertThat(VisibleText.of(text)).isSameAs(text);
    }

    @ParameterizedTest
    @CsvSource(
            quoteCharacter = '`',
            value = {
                "001b, \\u001b", // escape
                "0007, \\u0007", // bell, ends an OSC sequence
                "0000, \\u0000",
                "007f, \\u007f",
                "009b, \\u009b", // CSI as one C1 character
                "0090, \\u0090", // DCS
                "000a, \\n",
                "000d, \\r",
                "0009, \\t",
                "2028, \\u2028",
                "202e, \\u202e", // right-to-left override
                "2066, \\u2066",
                "200b, \\u200b",
                "feff, \\ufeff",
                "00ad, \\u00ad",
                "3164, \\u3164",
                "e000, \\ue000",
                "d800, \\ud800",
            })
    void what_a_terminal_obeys_or_a_reader_misses_is_spelled_out(String hex, String expected) {
        char bad = (char) Integer.parseInt(hex, 16);
        assertThat(VisibleText.of("a" + bad + "b")).isEqualTo("a" + expected + "b");
    }

    @Test
    void characters_beyond_the_basic_plane_are_spelled_as_two_units() {
        String tag = new StringBuilder().appendCodePoint(0xE0041).toString();
        assertThat(VisibleText.of(tag)).isEqualTo("\\udb40\\udc41");
    }

    @Test
    void every_character_is_either_kept_or_becomes_printable_ascii() {
        for (int code = 0; code <= Character.MAX_CODE_POINT; code++) {
            String text = new StringBuilder().appendCodePoint(code).toString();
            String visible = VisibleText.of(text);
            if (!visible.equals(text)) {
                assertThat(visible).matches("[ -~]+");
            } else {
                assertThat(Character.getType(code))
                        .isNotIn((int) Character.CONTROL, (int) Character.FORMAT, (int) Character.SURROGATE);
            }
        }
    }

    @Test
    void a_cut_text_ends_in_an_ellipsis_and_never_inside_a_pair() {
        assertThat(VisibleText.of("abcdef", 6)).isEqualTo("abcdef");
        assertThat(VisibleText.of("abcdef", 4)).isEqualTo("abc…");
        assertThat(VisibleText.of("ab\uD83D\uDE00def", 4)).isEqualTo("ab…");
        assertThat(VisibleText.of("abc", 0)).isEqualTo("…");
    }
}
