package io.trailwarden.sigma.match;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CaseFoldingTest {

    @ParameterizedTest
    @CsvSource({
        "A, a", "Z, z", "a, a", "@, @", "[, [", "I, i", "İ, İ", "ı, ı", "Ä, ä", "ẞ, ß", "ß, ß", "Σ, σ", "ς, σ", "Ǆ, ǆ",
        "ǅ, ǆ",
    })
    void letters_that_differ_in_case_alone_are_one_and_the_turkish_i_is_another(String written, String folded) {
        assertThat(CaseFolding.fold(written.codePointAt(0))).isEqualTo(folded.codePointAt(0));
    }

    @Test
    void folding_twice_changes_nothing_for_every_character() {
        for (int codePoint = -2; codePoint <= Character.MAX_CODE_POINT; codePoint++) {
            int folded = CaseFolding.fold(codePoint);
            assertThat(CaseFolding.fold(folded)).as("U+%04X", codePoint).isEqualTo(folded);
        }
    }

    @Test
    void every_character_is_encoded_as_the_platform_does_and_its_length_known_by_its_first_byte() {
        byte[] out = new byte[4];
        for (int codePoint = 0; codePoint <= Character.MAX_CODE_POINT; codePoint++) {
            if (codePoint < Character.MIN_SURROGATE || codePoint > Character.MAX_SURROGATE) {
                int length = CaseFolding.encode(codePoint, out, 0);
                byte[] expected = Character.toString(codePoint).getBytes(StandardCharsets.UTF_8);
                if (length != expected.length || !java.util.Arrays.equals(out, 0, length, expected, 0, length)) {
                    assertThat(java.util.Arrays.copyOf(out, length))
                            .as("U+%04X", codePoint)
                            .isEqualTo(expected);
                }
                assertThat(CaseFolding.length(out[0])).as("U+%04X", codePoint).isEqualTo(length);
            }
        }
    }

    @Test
    void a_lone_surrogate_keeps_three_bytes() {
        assertThat(CaseFolding.folded(new int[] {'A', 0xD83D, 'B'})).containsExactly('a', 0xED, 0xA0, 0xBD, 'b');
        assertThat(CaseFolding.folded("ÄX")).isEqualTo("äx".getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void bytes_beyond_ascii_are_never_folded() {
        for (int b = 0; b < 256; b++) {
            assertThat(CaseFolding.AS_IT_IS[b]).isEqualTo((byte) b);
            assertThat(CaseFolding.ASCII_FOLDED[b]).isEqualTo((byte) (b >= 'A' && b <= 'Z' ? b + 32 : b));
        }
    }
}
