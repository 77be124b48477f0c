package io.trailwarden.sigma.match;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FieldReaderTest {

    private static Map<String, List<String>> read(String json, String... fields) {
        return new FieldReader(List.of(fields)).read(json.replace('\'', '"').getBytes(StandardCharsets.UTF_8));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{'r':{'tags':{'kubernetes':{'io/cluster':'owned'}}}}",
                "{'r':{'tags':{'kubernetes.io/cluster':'owned'}}}",
                "{'r':{'tags.kubernetes':{'io/cluster':'owned'}}}",
                "{'r':{'tags.kubernetes.io/cluster':'owned'}}",
                "{'r.tags':{'kubernetes.io/cluster':'owned'}}",
                "{'r.tags':{'kubernetes':{'io/cluster':'owned'}}}",
                "{'r.tags.kubernetes':{'io/cluster':'owned'}}",
                "{'r.tags.kubernetes.io/cluster':'owned'}",
                "{'r':{'tags':[{'other':1},[{'kubernetes.io/cluster':['owned']}]]}}",
                "{'r':{'tags':{'kubernetes\\u002eio/cluster':'owned'}}}",
                "{'r':{'tags':{' kubernetes. io/cluster ':'owned'}}}",
                "{'r':'{\\'tags\\':{\\'kubernetes.io/cluster\\':\\'owned\\'}}'}"
            })
    void a_dot_parts_two_keys_or_belongs_to_one(String event) {
        assertThat(read(event, "r.tags.kubernetes.io/cluster", "r.tags.kubernetes", "r.tags.other.io/cluster"))
                .containsEntry("r.tags.kubernetes.io/cluster", List.of("owned"))
                .doesNotContainKey("r.tags.other.io/cluster");
    }

    @Test
    void every_reading_has_its_value_but_the_whole_name_at_the_top_wins() {
        assertThat(read("{'a':{'b.c':1,'b':{'c':2}},'a.b':{'c':3}}", "a.b.c"))
                .containsEntry("a.b.c", List.of("1", "2", "3"));
        assertThat(read("{'a':{'b.c':1},'a.b.c':4}", "a.b.c", "a.b", "a")).containsEntry("a.b.c", List.of("4"));
        assertThat(read("{'a.b':{'c':3}}", "a.b", "a.b.c"))
                .containsEntry("a.b", List.of("{\"c\":3}"))
                .containsEntry("a.b.c", List.of("3"));
    }

    @Test
    void fields_that_begin_alike_do_not_take_each_others_values() {
        assertThat(read("{'a':{'b':{'c':1},'b.d':2,'b.c.d':3}}", "a.b.c", "a.b.d", "a.b.c.d", "a.b.c.e"))
                .isEqualTo(Map.of("a.b.c", List.of("1"), "a.b.d", List.of("2"), "a.b.c.d", List.of("3")));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{'policy':'\\n  {\\'Effect\\':\\'Allow\\'}'}",
                "{'policy':'\\u007b\\'Effect\\':\\'Allow\\'}'}",
                "{'policy':' \\t[{\\'Effect\\':\\'Allow\\'}]\\n'}"
            })
    void json_in_a_string_is_followed_though_it_begins_with_an_escape(String event) {
        assertThat(read(event, "policy.Effect")).containsEntry("policy.Effect", List.of("Allow"));
    }

    @Test
    void names_of_nothing_but_dots_are_names_too() {
        String many = ".".repeat(2_000);
        assertThat(read("{'a.':1,'':{'':2}}", "a.", ".", many))
                .isEqualTo(Map.of("a.", List.of("1"), ".", List.of("2")));
        assertThat(read("{'" + many + "':1}", many)).containsEntry(many, List.of("1"));
    }
}
