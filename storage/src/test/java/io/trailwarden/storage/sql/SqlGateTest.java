package io.trailwarden.storage.sql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SqlGateTest {

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "SELECT 1 | 0",
                "SELECT (1) + ((2)) | 2",
                "SELECT '((((' | 0",
                "SELECT 'it''s ((' + (1) | 1",
                "SELECT \"((\" FROM x | 0",
                "SELECT 1 -- (((( | 0",
                "SELECT 1 /* (((( */ + (1) | 1",
                "SELECT [{'a': [1]}] | 3",
                "SELECT )))((( | 3",
                "SELECT 'unclosed (( | 2",
                "SELECT 1 /* unclosed (( | 2",
                // As DuckDB's scanner reads them: a text that seems to go on hides what the parser recurses into.
                "SELECT E'\\'', ((1)), 'x' | 2",
                "SELECT e'a\\\\', ((1)), 'x' | 2",
                "SELECT E'it''s\\'((', (1) | 1",
                "SELECT some'\\', ((1)), '((' | 2",
                "SELECT $$'$$, ((1)), $$'$$ | 2",
                "SELECT $a$'$$(($a$, (1), '$a$' | 1",
                "SELECT $1, ((1)), $1 | 2",
                "SELECT a$$, ((1)), a$$ | 2",
                "SELECT $$ unclosed (( | 2",
                "SELECT /* /* */ ' */ ((1)), ' ' | 2",
                "SELECT /* /* (( */ (( */ (1) | 1",
            })
    void brackets_count_where_the_parser_would_recurse(String sql, int nesting) {
        assertThat(SqlGate.nesting(sql)).isEqualTo(nesting);
    }

    @Test
    void a_comment_ends_with_its_line_also_where_that_ends_with_a_carriage_return() {
        assertThat(SqlGate.nesting("SELECT -- ((((\r (1)")).isEqualTo(1);
        assertThat(SqlGate.nesting("SELECT -- ((((\n (1)")).isEqualTo(1);
        assertThat(SqlGate.nesting("SELECT 1 --")).isZero();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", "\n\t "})
    void a_query_without_words_is_refused(String sql) {
        assertThat(refusal(sql)).isEqualTo("The query is empty (expected: one SELECT)");
    }

    @Test
    void a_query_is_as_long_as_allowed_in_bytes_and_not_in_characters() {
        String longest = "SELECT '" + "x".repeat(SqlSettings.MAX_LENGTH - 9) + "'";
        assertThatCode(() -> SqlGate.check(longest)).doesNotThrowAnyException();
        assertThat(refusal(longest + " ")).isEqualTo("The query has 100001 bytes (at most 100000 are allowed)");
        assertThat(refusal("SELECT '" + "é".repeat(50_000) + "'"))
                .isEqualTo("The query has 100009 bytes (at most 100000 are allowed)");
    }

    @Test
    void a_query_with_a_nul_is_refused_because_the_engine_would_end_there() {
        assertThat(refusal("SELECT 1\0, 2")).isEqualTo("The query holds a NUL character");
    }

    @Test
    void a_query_is_as_deep_as_allowed_and_no_deeper() {
        assertThatCode(() -> SqlGate.check("SELECT " + "(".repeat(100) + "1" + ")".repeat(100)))
                .doesNotThrowAnyException();
        assertThat(refusal("SELECT " + "(".repeat(101) + "1" + ")".repeat(101)))
                .isEqualTo("The query nests 101 parentheses (at most 100 are allowed)");
    }

    @Property(tries = 2_000)
    void any_text_is_judged_and_nothing_is_deeper_than_its_brackets(@ForAll("scribbles") String sql) {
        assertThat(SqlGate.nesting(sql)).isBetween(0, (int)
                sql.chars().filter(c -> "([{".indexOf(c) >= 0).count());
        // However it begins, what stands alone behind the end of its line and of its comments counts.
        assertThat(SqlGate.nesting("-- " + sql.replaceAll("[\n\r]", " ") + "\n((1))"))
                .isEqualTo(2);
    }

    @Provide
    Arbitrary<String> scribbles() {
        return Arbitraries.strings().withChars("'\"$-/*eE\\()[]{}a1_ \n\r").ofMaxLength(24);
    }

    private static String refusal(String sql) {
        QueryFailedException refused = catchThrowableOfType(QueryFailedException.class, () -> SqlGate.check(sql));
        assertThat(refused.reason()).isEqualTo(QueryFailedException.Reason.REFUSED);
        return refused.getMessage();
    }
}
