package io.trailwarden.event.json;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class JsonScannerTest {

    private final JsonScanner scanner = new JsonScanner();

    @Test
    void tokens_come_in_order_with_their_text() {
        assertThat(tokens(" {\"a\" : [1, -2.5e+3, \"x\"], \"b\":{}, \"c\":true,\"d\":false,\"e\":null}\n"))
                .containsExactly(
                        "OBJECT_START",
                        "NAME a",
                        "ARRAY_START",
                        "NUMBER 1",
                        "NUMBER -2.5e+3",
                        "STRING x",
                        "ARRAY_END",
                        "NAME b",
                        "OBJECT_START",
                        "OBJECT_END",
                        "NAME c",
                        "TRUE",
                        "NAME d",
                        "FALSE",
                        "NAME e",
                        "NULL",
                        "OBJECT_END",
                        "END");
    }

    @ParameterizedTest
    @ValueSource(strings = {"\"text\"", "12", "true", "null", "[]", "{}"})
    void any_value_may_stand_at_the_top(String json) {
        assertThat(tokens(json)).endsWith("END");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    "\\n\\t\\"\\\\\\/\\b\\f\\r" | 10 9 34 92 47 8 12 13
                    "\\u0041\\u00e9"            | 65 233
                    "\\ud83d\\ude00"            | 128512
                    "\\ud83d"                   | 65533
                    "\\ude00\\ud83d"            | 65533 65533
                    "\\ud83dx"                  | 65533 120
                    "\\ud83d\\u0041"            | 65533 65
                    """)
    void escapes_are_decoded_and_lone_surrogates_replaced(String json, String codePoints) {
        scan(json);
        scanner.next();
        assertThat(scanner.hasEscapes()).isTrue();
        assertThat(scanner.text().codePoints().mapToObj(Integer::toString).toList())
                .containsExactly(codePoints.split(" "));
    }

    @Test
    void bytes_that_are_not_utf_8_are_replaced_in_text_and_kept_in_the_array() {
        byte[] json = {'"', 'a', (byte) 0xff, (byte) 0xc3, '"'};
        scanner.reset(json, 0, json.length);
        assertThat(scanner.next()).isEqualTo(JsonToken.STRING);
        assertThat(scanner.text()).isEqualTo("a\uFFFD\uFFFD");
        assertThat(scanner.bytes()).isSameAs(json);
    }

    @Test
    void start_and_end_span_the_value_also_after_skipping() {
        String json = "{\"a\":{\"b\":[1,{\"c\":2}]},\"d\":\"é\"}";
        scan(json);
        scanner.next();
        scanner.next();
        assertThat(scanner.skip()).isEqualTo(JsonToken.OBJECT_START);
        assertThat(json.substring(scanner.start(), scanner.end())).isEqualTo("{\"b\":[1,{\"c\":2}]}");
        assertThat(scanner.next()).isEqualTo(JsonToken.NAME);
        assertThat(scanner.text()).isEqualTo("d");
        assertThat(scanner.skip()).isEqualTo(JsonToken.STRING);
        assertThat(scanner.text()).isEqualTo("é");
        assertThat(scanner.next()).isEqualTo(JsonToken.OBJECT_END);
        assertThat(scanner.depth()).isZero();
        assertThat(scanner.next()).isEqualTo(JsonToken.END);
    }

    @Test
    void position_after_a_whole_value_is_where_the_next_text_may_start() {
        byte[] two = "{\"a\":1}{\"b\":2}".getBytes(StandardCharsets.UTF_8);
        scanner.reset(two, 0, two.length);
        scanner.next();
        scanner.skip();
        assertThat(scanner.position()).isEqualTo(7);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    {                   | 1
                    {"a"                | 4
                    {"a":               | 5
                    {"a":1              | 6
                    {"a":1,             | 7
                    {"a":1,}            | 7
                    {"a" 1}             | 5
                    {a:1}               | 1
                    {'a':1}             | 1
                    {"a":1 "b":2}       | 7
                    [1 2]               | 3
                    [1,]                | 3
                    [,1]                | 1
                    ]                   | 0
                    [1}                 | 2
                    {"a":1]             | 6
                    {"a":1}x            | 7
                    01                  | 1
                    -                   | 1
                    1.                  | 2
                    .5                  | 0
                    1e                  | 2
                    +1                  | 0
                    NaN                 | 0
                    tru                 | 3
                    trux                | 3
                    nulL                | 3
                    "abc                | 4
                    "a\\x"              | 3
                    "\\u12g4"           | 5
                    "\\                 | 2
                    """)
    void what_is_not_json_is_refused_with_its_place(String json, int position) {
        JsonFault fault = fault(json);
        assertThat(fault.kind()).isEqualTo(JsonFault.Kind.MALFORMED);
        assertThat(fault.position()).isEqualTo(position);
    }

    @Test
    void control_characters_in_strings_are_refused_wherever_they_stand() {
        for (int length = 0; length < 20; length++) {
            JsonFault fault = fault("\"" + "x".repeat(length) + "\n" + "y".repeat(10) + "\"");
            assertThat(fault.position()).isEqualTo(length + 1);
        }
    }

    @Test
    void strings_of_any_length_end_at_their_quote() {
        for (int length = 0; length < 40; length++) {
            for (int after = 0; after < 10; after++) {
                String text = "é".repeat(length % 3) + "x".repeat(length);
                byte[] json = ("\"" + text + "\"" + " ".repeat(after)).getBytes(StandardCharsets.UTF_8);
                scanner.reset(json, 0, json.length);
                scanner.next();
                assertThat(scanner.text()).isEqualTo(text);
                assertThat(scanner.next()).isEqualTo(JsonToken.END);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"a\":1,\"a\":2}",
                "{\"a\":1,\"b\":2,\"a\":3}",
                "{\"x\":{\"a\":1,\"a\":2}}",
                "{\"a\":{},\"a\":{}}",
                "{\"a\":1,\"\\u0061\":2}",
                "{\"\\u0061\":1,\"a\":2}",
                "{\"\\u0061\":1,\"\\u0061\":2}",
                "{\"longer name than a word\":1,\"longer name than a word\":2}",
                "{\"\":1,\"\":2}"
            })
    void one_name_twice_in_one_object_is_refused(String json) {
        JsonFault fault = fault(json);
        assertThat(fault.kind()).isEqualTo(JsonFault.Kind.DUPLICATE_KEY);
        assertThat(fault).hasMessageContaining("twice");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"a\":1,\"A\":2}",
                "{\"a\":{\"a\":{\"a\":1}}}",
                "[{\"a\":1},{\"a\":1}]",
                "{\"x\":{\"a\":1},\"y\":{\"a\":1},\"a\":1}",
                "{\"a\":1,\"a\\u0000\":2}",
                "{\"eightbyt\":1,\"eightbytes\":2}"
            })
    void one_name_in_two_objects_is_fine(String json) {
        assertThat(tokens(json)).endsWith("END");
    }

    @Test
    void duplicates_are_found_among_many_names_and_never_across_texts() {
        StringBuilder many = new StringBuilder("{");
        for (int i = 0; i < 20_000; i++) {
            many.append("\"name").append(i).append("\":").append(i).append(',');
        }
        assertThat(tokens(many + "\"last\":0}")).endsWith("END");
        assertThat(tokens(many + "\"last\":0}")).endsWith("END");
        assertThat(fault(many + "\"name77\":0}").kind()).isEqualTo(JsonFault.Kind.DUPLICATE_KEY);
    }

    @Test
    void limits_on_depth_tokens_and_bytes_are_kept() {
        JsonScanner small = new JsonScanner(new JsonLimits(100, 3, 5));
        assertThat(fault(small, "[[[]]]")).isNull();
        assertThat(fault(small, "[[[[]]]]").kind()).isEqualTo(JsonFault.Kind.TOO_DEEP);
        assertThat(fault(small, "[1,2,3,4]")).isNull();
        assertThat(fault(small, "[1,2,3,4,5]").kind()).isEqualTo(JsonFault.Kind.TOO_LARGE);
        assertThat(fault(small, "\"" + "x".repeat(98) + "\"")).isNull();
        assertThat(fault(small, "\"" + "x".repeat(99) + "\"").kind()).isEqualTo(JsonFault.Kind.TOO_LARGE);
    }

    @Test
    void a_record_may_be_a_hundred_levels_deep_and_no_more() {
        assertThat(fault(scanner, "[".repeat(100) + "]".repeat(100))).isNull();
        assertThat(fault(scanner, "[".repeat(101) + "]".repeat(101)).kind()).isEqualTo(JsonFault.Kind.TOO_DEEP);
    }

    @Test
    void a_part_of_an_array_is_read_without_looking_beyond_it() {
        byte[] bytes = "xx{\"a\":\"b\"}\"yy".getBytes(StandardCharsets.UTF_8);
        scanner.reset(bytes, 2, 11);
        assertThat(scanner.next()).isEqualTo(JsonToken.OBJECT_START);
        scanner.skip();
        assertThat(scanner.next()).isEqualTo(JsonToken.END);
        scanner.reset(bytes, 2, 9);
        scanner.next();
        scanner.next();
        JsonFault fault = catchThrowableOfType(JsonFault.class, scanner::next);
        assertThat(fault.position()).isEqualTo(9);
    }

    @Test
    void names_are_found_in_a_set_with_and_without_escapes() {
        JsonNames names = JsonNames.of("eventName", "eventSource", "x", "", "a name longer than sixteen bytes");
        for (String json : List.of(
                "{\"eventSource\":1}",
                "{\"event\\u0053ource\":1}",
                "{\"x\":1}",
                "{\"\":1}",
                "{\"eventsource\":1}",
                "{\"a name longer than sixteen bytes\":1}",
                "{\"a name longer than sixteen bytez\":1}")) {
            scan(json);
            scanner.next();
            scanner.next();
            int expected = List.of("eventName", "eventSource", "x", "", "a name longer than sixteen bytes")
                    .indexOf(scanner.text());
            assertThat(names.numberOf(scanner)).as(json).isEqualTo(expected);
        }
    }

    private void scan(String json) {
        byte[] bytes = json.getBytes(StandardCharsets.UTF_8);
        scanner.reset(bytes, 0, bytes.length);
    }

    private List<String> tokens(String json) {
        scan(json);
        List<String> tokens = new ArrayList<>();
        JsonToken token;
        do {
            token = scanner.next();
            boolean text = token == JsonToken.NAME || token == JsonToken.STRING || token == JsonToken.NUMBER;
            tokens.add(text ? token + " " + scanner.text() : token.toString());
        } while (token != JsonToken.END);
        return tokens;
    }

    private JsonFault fault(String json) {
        return fault(scanner, json);
    }

    private static JsonFault fault(JsonScanner scanner, String json) {
        byte[] bytes = json.getBytes(StandardCharsets.UTF_8);
        return catchThrowableOfType(JsonFault.class, () -> {
            scanner.reset(bytes, 0, bytes.length);
            while (scanner.next() != JsonToken.END) {
                // to the end
            }
        });
    }
}
