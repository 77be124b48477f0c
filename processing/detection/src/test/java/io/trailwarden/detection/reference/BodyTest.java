package io.trailwarden.detection.reference;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.trailwarden.event.Severity;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class BodyTest {

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "[]                     | [] (expected: a JSON object)",
                "7                      | 7 (expected: a JSON object)",
                "null                   | null (expected: a JSON object)",
                "{\"a\":1} {}           | not JSON at line 1, column 9: Trailing token",
                "{\"a\":1,\"a\":2}      | not JSON at line 1, column 11: Duplicate field 'a'",
                "{\"a\"                 | not JSON at line 1, column 5: Unexpected end-of-input",
            })
    void what_is_no_object_is_refused_with_its_place(String json, String begins) {
        assertThat(refusal(() -> Body.parse(json))).startsWith(begins);
    }

    @Test
    void a_value_of_any_length_makes_a_short_message() {
        String exact = "[" + "1".repeat(118) + "]";
        assertThat(refusal(() -> Body.parse(exact))).isEqualTo(exact + " (expected: a JSON object)");
        String longer = "[" + "1".repeat(119) + "]";
        assertThat(refusal(() -> Body.parse(longer))).isEqualTo("[" + "1".repeat(119) + "… (expected: a JSON object)");
    }

    @Test
    void an_absent_member_and_null_are_the_same() {
        for (String json : List.of("{}", "{\"a\": null}")) {
            Body body = Body.parse(json);
            assertThat(body.text("a")).isNull();
            assertThat(body.bool("a")).isNull();
            assertThat(body.positive("a")).isNull();
            assertThat(body.instant("a")).isNull();
            assertThat(body.duration("a")).isNull();
            assertThat(body.severity("a")).isNull();
            assertThat(body.<String>list("a", text -> text)).isNull();
            assertThat(body.object("a")).isNull();
            assertThat(body.objects("a")).isNull();
            body.close();
        }
    }

    @Test
    void a_member_of_the_right_type_is_read() {
        Body body = Body.parse(
                """
                {"text": " x ", "yes": true, "no": false, "one": 1, "at": "2026-03-02T09:00:00Z", "zero": "PT0S",
                 "severity": "critical", "single": "a", "several": ["a", "b"], "inner": {"deep": "x"}, "list": [{"n": 7}]}""");

        assertThat(body.text("text")).isEqualTo(" x ");
        assertThat(body.bool("yes")).isTrue();
        assertThat(body.bool("no")).isFalse();
        assertThat(body.positive("one")).isEqualTo(1);
        assertThat(body.instant("at")).isEqualTo(Instant.parse("2026-03-02T09:00:00Z"));
        assertThat(body.duration("zero")).isEqualTo(Duration.ZERO);
        assertThat(body.severity("severity")).isEqualTo(Severity.CRITICAL);
        assertThat(body.<String>list("single", text -> text)).containsExactly("a");
        assertThat(body.<String>list("several", text -> text + "!")).containsExactly("a!", "b!");
        assertThat(body.object("inner").text("deep")).isEqualTo("x");
        assertThat(body.objects("list").get(0).positive("n")).isEqualTo(7);
        assertThatCode(body::close).doesNotThrowAnyException();
    }

    @ParameterizedTest
    @ValueSource(strings = {"\"\"", "\" \"", "7", "true", "[\"x\"]", "{}"})
    void text_is_text_that_is_not_empty(String value) {
        assertThat(refused(value, body -> body.text("m")))
                .isEqualTo("m: " + value + " (expected: text that is not empty)");
    }

    @ParameterizedTest
    @ValueSource(strings = {"\"true\"", "1", "0", "[]"})
    void a_boolean_is_not_a_text_and_not_a_number(String value) {
        assertThat(refused(value, body -> body.bool("m"))).isEqualTo("m: " + value + " (expected: true or false)");
    }

    @ParameterizedTest
    @ValueSource(strings = {"0", "-1", "1.5", "2147483648", "\"5\"", "true"})
    void a_count_is_a_whole_number_from_1_that_fits(String value) {
        assertThat(refused(value, body -> body.positive("m")))
                .isEqualTo("m: " + value + " (expected: a whole number from 1)");
    }

    @Test
    void the_largest_count_is_read() {
        assertThat(Body.parse("{\"m\": 2147483647}").positive("m")).isEqualTo(Integer.MAX_VALUE);
    }

    @ParameterizedTest
    @ValueSource(strings = {"\"yesterday\"", "\"2026-03-02\"", "\"2026-03-02T09:00:00\"", "1772442000", "\"\""})
    void a_time_is_in_utc(String value) {
        assertThat(refused(value, body -> body.instant("m")))
                .isEqualTo("m: " + value + " (expected: ISO 8601 in UTC, for example 2026-03-02T09:00:00Z)");
    }

    @ParameterizedTest
    @ValueSource(strings = {"\"7 days\"", "\"-P1D\"", "\"PT-1S\"", "7", "\"\"", "\"P1M\""})
    void a_duration_is_not_negative(String value) {
        assertThat(refused(value, body -> body.duration("m")))
                .isEqualTo("m: " + value + " (expected: an ISO 8601 duration from zero, for example P7D or PT12H)");
    }

    @ParameterizedTest
    @ValueSource(strings = {"\"HIGH\"", "\"hıgh\"", "\"worst\"", "3", "[\"high\"]"})
    void a_severity_is_written_in_lower_case(String value) {
        assertThat(refused(value, body -> body.severity("m")))
                .isEqualTo("m: " + value + " (expected: one of informational, low, medium, high, critical)");
    }

    @Test
    void of_a_list_each_element_is_looked_at_and_the_first_bad_one_is_named() {
        String expected = " (expected: text, or a list of texts that is not empty)";
        assertThat(refused("[]", BodyTest::texts)).isEqualTo("m: []" + expected);
        assertThat(refused("{}", BodyTest::texts)).isEqualTo("m: {}" + expected);
        assertThat(refused("5", BodyTest::texts)).isEqualTo("m: 5" + expected);
        assertThat(refused("[\"a\", 5]", BodyTest::texts)).isEqualTo("m[1]: 5 (expected: text that is not empty)");
        assertThat(refused("[\"\"]", BodyTest::texts)).isEqualTo("m[0]: \"\" (expected: text that is not empty)");
        assertThat(refused("[null]", BodyTest::texts)).isEqualTo("m[0]: null (expected: text that is not empty)");
    }

    @Test
    void a_message_says_the_whole_path() {
        Body body = Body.parse("{\"outer\": {\"list\": [{}, {\"n\": 0}]}}");
        Body second = body.object("outer").objects("list").get(1);

        assertThat(refusal(() -> second.positive("n")))
                .isEqualTo("outer.list[1].n: 0 (expected: a whole number from 1)");
        assertThat(second.refused("x", null, "something")).hasMessage("outer.list[1].x: missing (expected: something)");
    }

    @Test
    void objects_are_objects() {
        assertThat(refused("[]", body -> body.object("m"))).isEqualTo("m: [] (expected: an object)");
        assertThat(refused("{}", body -> body.objects("m"))).isEqualTo("m: {} (expected: a list of objects)");
        assertThat(refused("[{}, 1]", body -> body.objects("m"))).isEqualTo("m[1]: 1 (expected: an object)");
    }

    @Test
    void a_misspelt_member_is_an_error_that_says_what_there_is() {
        Body body = Body.parse("{\"learning\": \"P1D\", \"forgte\": \"P2D\"}");
        body.duration("learning");
        body.duration("forget");

        assertThat(refusal(body::close)).isEqualTo("unknown member forgte (expected: one of forget, learning)");
        body.closeLeniently();
        assertThatCode(body::close).doesNotThrowAnyException();
    }

    @Test
    void one_member_can_be_left_out() {
        assertThat(Body.parse("{\"a\": 1, \"definition\": \"{}\"}").without("definition"))
                .isEqualTo("{\"a\":1}");
    }

    private static void texts(Body body) {
        body.<String>list("m", text -> text);
    }

    private static String refused(String value, Consumer<Body> read) {
        Body body = Body.parse("{\"m\": " + value + "}");
        return refusal(() -> read.accept(body));
    }

    private static String refusal(Runnable work) {
        return catchThrowableOfType(RefusedEntryException.class, work::run).getMessage();
    }
}
