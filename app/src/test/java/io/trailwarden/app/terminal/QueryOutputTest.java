package io.trailwarden.app.terminal;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.trailwarden.app.terminal.QueryOutput.Format;
import io.trailwarden.storage.sql.QueryColumn;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

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
