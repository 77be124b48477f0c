package io.trailwarden.detection.reference;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import com.google.re2j.Pattern;
import java.time.Duration;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.CharRange;
import net.jqwik.api.constraints.Chars;
import net.jqwik.api.constraints.StringLength;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class GlobTest {

    @ParameterizedTest
    @CsvSource({
        "arn:aws:iam::*:role/ci/*, arn:aws:iam::111122223333:role/ci/deployer, true",
        "arn:aws:iam::*:role/ci/*, arn:aws:iam::111122223333:role/deployer, false",
        "*, '', true",
        "?, '', false",
        "eu-west-?, eu-west-1, true",
        "eu-west-?, eu-west-12, false",
        "*a*b, xaybzb, true",
        "*a*b, xaybz, false",
        "role.x, rolezx, false"
    })
    void matches_as_in_iam(String pattern, String text, boolean matches) {
        assertThat(Glob.of(pattern).matches(text)).isEqualTo(matches);
    }

    @Test
    void actions_have_no_case_in_any_locale() {
        assertThat(Glob.ignoringCase("IAM:List*").matches("iam:LISTUSERS")).isTrue();
        assertThat(Glob.of("IAM:List*").matches("iam:ListUsers")).isFalse();
    }

    @Property
    void agrees_with_a_regular_expression(
            @ForAll @Chars({'*', '?'}) @CharRange(from = 'a', to = 'c') @StringLength(max = 8) String pattern,
            @ForAll @CharRange(from = 'a', to = 'c') @StringLength(max = 12) String text) {
        String regex = pattern.replace("*", ".*").replace("?", ".");
        assertThat(Glob.of(pattern).matches(text)).isEqualTo(Pattern.matches(regex, text));
    }

    @Test
    void a_hostile_pattern_takes_no_time() {
        String pattern = "*a".repeat(500) + "b";
        String text = "a".repeat(20_000);
        assertTimeoutPreemptively(
                Duration.ofSeconds(5),
                () -> assertThat(Glob.of(pattern).matches(text)).isFalse());
    }
}
