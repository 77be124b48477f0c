package io.trailwarden.app.terminal;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.trailwarden.app.terminal.QueryOutput.Format;
import io.trailwarden.storage.sql.QueryColumn;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.math.BigDecimal;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class QueryOutputTest {

    private static final String RAW = "{\"user\":\"ada\",\"password\":\"hunter2\"}";

    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private final PrintStream out = new PrintStream(bytes, true, UTF_8);

    @ParameterizedTest
    @EnumSource(
            value = Format.class,
            names = {"TABLE", "CSV", "JSON"})
    void secrets_are_hidden_and_counted_in_every_form(Format format) {
        QueryOutput output = new QueryOutput(out, format, false);

        print(output, List.of("raw", "db_password", "calls"), RAW, "letmein", 7L);

        assertThat(bytes.toString(UTF_8))
                .contains("ada", "hidden: 7 characters", "7")
                .doesNotContain("hunter2", "letmein");
        assertThat(output.hidden()).isEqualTo(2);
    }

    @Test
    void who_asks_for_secrets_gets_them() {
        QueryOutput output = new QueryOutput(out, Format.JSON, true);

        print(output, List.of("db_password"), "letmein");

        assertThat(bytes.toString(UTF_8)).isEqualTo("{\"db_password\":\"letmein\"}\n");
        assertThat(output.hidden()).isZero();
    }

    @Test
    void a_formula_in_csv_is_text_and_a_negative_number_is_a_number() {
        print(new QueryOutput(out, Format.CSV, false), List.of("a", "b", "c"), "=cmd()", -5L, null);

        assertThat(bytes.toString(UTF_8)).isEqualTo("a,b,c\r\n'=cmd(),-5,\r\n");
    }

    /** A stranger may begin a text with whatever JSON can say. */
    @ParameterizedTest
    @ValueSource(strings = {"=cmd()", "+1", "-1", "@x", "|x", "%x", "\0=cmd()", "\t=cmd()", "\u0001=cmd()"})
    void no_text_of_a_stranger_begins_a_formula(String text) {
        print(new QueryOutput(out, Format.CSV, false), List.of("a"), text);

        assertThat(bytes.toString(UTF_8)).isEqualTo("a\r\n'" + text + "\r\n");
    }

    @Test
    void csv_quotes_what_would_end_a_cell_and_a_heading_is_a_cell_too() {
        print(new QueryOutput(out, Format.CSV, false), List.of("=a", "b,c"), "x\"y", "1\n2");

        assertThat(bytes.toString(UTF_8)).isEqualTo("'=a,\"b,c\"\r\n\"x\"\"y\",\"1\n2\"\r\n");
    }

    @Test
    void json_keeps_types_and_both_of_two_columns_of_one_name() {
        print(
                new QueryOutput(out, Format.JSON, false),
                List.of("a", "a", "a_2", "b", "c", "d"),
                1L,
                2L,
                3L,
                new BigDecimal("1.50"),
                true,
                null);

        assertThat(bytes.toString(UTF_8))
                .isEqualTo("{\"a\":1,\"a_2\":2,\"a_2_2\":3,\"b\":1.50,\"c\":true,\"d\":null}\n");
    }

    @Test
    void a_heading_obeys_no_stranger_either() {
        print(new QueryOutput(out, Format.TABLE, false), List.of("\u001b[2J"), "x");

        assertThat(bytes.toString(UTF_8)).doesNotContain("\u001b").contains("\\u001b[2J");
    }

    @Test
    void a_table_obeys_no_stranger() {
        print(new QueryOutput(out, Format.TABLE, false), List.of("user_agent"), "\u001b[2Jgone");

        assertThat(bytes.toString(UTF_8)).doesNotContain("\u001b").contains("\\u001b[2Jgone");
    }

    private static void print(QueryOutput output, List<String> columns, @Nullable Object... row) {
        output.columns(
                columns.stream().map(name -> new QueryColumn(name, "VARCHAR")).toList());
        output.row(Arrays.asList(row));
        output.end();
    }
}
