package io.trailwarden.sigma.rule;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.re2j.Pattern;
import io.trailwarden.sigma.rule.ValueTest.Regex;
import io.trailwarden.sigma.rule.ValueTest.Relation;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ValueTestTest {

    @ParameterizedTest
    @CsvSource({
        // relation, less, equal, greater
        "EQUAL, false, true, false",
        "NOT_EQUAL, true, false, true",
        "LESS, true, false, false",
        "LESS_OR_EQUAL, true, true, false",
        "GREATER, false, false, true",
        "GREATER_OR_EQUAL, false, true, true",
    })
    void a_relation_holds_for_the_signs_that_it_names(Relation relation, boolean less, boolean equal, boolean greater) {
        assertThat(relation.holds(-7)).isEqualTo(less);
        assertThat(relation.holds(0)).isEqualTo(equal);
        assertThat(relation.holds(7)).isEqualTo(greater);
    }

    @Test
    void regular_expressions_are_equal_when_text_and_flags_are() {
        Regex one = new Regex(Pattern.compile("a+", Pattern.CASE_INSENSITIVE));

        assertThat(one).isEqualTo(new Regex(Pattern.compile("a+", Pattern.CASE_INSENSITIVE)));
        assertThat(one).hasSameHashCodeAs(new Regex(Pattern.compile("a+", Pattern.CASE_INSENSITIVE)));
        assertThat(one).isNotEqualTo(new Regex(Pattern.compile("a+")));
        assertThat(one).isNotEqualTo(new Regex(Pattern.compile("a*", Pattern.CASE_INSENSITIVE)));
    }
}
