package io.trailwarden.sigma.match;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.re2j.Pattern;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RequiredTextTest {

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            quoteCharacter = '`',
            value = {
                "foo; foo; 3",
                "(?i)FOO.*barbar; barbar; 9",
                "a|b; ``; 0",
                "(a|b)foo; foo; 3",
                "colou?r; colo; 5",
                "ab+c; ab; 3",
                "x{3,}yy; yy; 5",
                "[a-f]{64}\\s; ``; 65",
                ".{1000,}; ``; 1000",
                "\\\\Windows\\\\; \\windows\\; 9",
                "(?P<n>foo)bar; ``; 0",
                "^foo$; foo; 3",
                "[^]]foo[[:alpha:]]; foo; 5",
                "\\bfoo\\b; foo; 3",
                "foo(?:\\n?\\z); foo; 3",
            })
    void what_every_match_holds(String regex, String literal, int length) {
        RequiredText required = RequiredText.of(Pattern.compile(regex));
        assertThat(new String(required.literal(), StandardCharsets.UTF_8)).isEqualTo(literal);
        assertThat(required.length()).isEqualTo(length);
    }
}
