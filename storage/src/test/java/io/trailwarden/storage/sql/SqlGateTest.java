package io.trailwarden.storage.sql;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

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
            })
    void brackets_count_where_the_parser_would_recurse(String sql, int nesting) {
        assertThat(SqlGate.nesting(sql)).isEqualTo(nesting);
    }
}
