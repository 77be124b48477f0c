package io.trailwarden.settings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.trailwarden.settings.Setting.Kind;
import io.trailwarden.settings.Setting.Unfit;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class KindsTest {

    private static final Path BASE = Path.of("/etc/trailwarden");

    private enum Backend {
        HEAP,
        ROCKSDB
    }

    @ParameterizedTest
    @CsvSource({
        "0ms, PT0S",
        "500ms, PT0.5S",
        "5s, PT5S",
        "10m, PT10M",
        "2h, PT2H",
        "90d, PT2160H",
        "999999999d, PT23999999976H"
    })
    void a_duration_is_a_whole_number_and_a_unit(String text, Duration expected) throws Unfit {
        assertThat(Kinds.duration(text)).isEqualTo(expected);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "5", "s", "5 s", "-5s", "1.5h", "5S", "PT5S", "1w", "1234567890d", "٥s"})
    void anything_else_is_no_duration(String text) {
        assertThatThrownBy(() -> Kinds.duration(text)).isInstanceOf(Unfit.class);
    }

    @Test
    void a_duration_has_bounds_and_says_them_as_one_would_write_them() throws Unfit {
        Kind<Duration> kind = Kinds.duration(Duration.ofMillis(200), Duration.ofHours(1));

        assertThat(kind.parse("200ms", BASE)).isEqualTo(Duration.ofMillis(200));
        assertThat(kind.parse("1h", BASE)).isEqualTo(Duration.ofHours(1));
        unfit(kind, "199ms");
        unfit(kind, "61m");
        assertThat(kind.expected()).startsWith("a duration from 200ms to 1h, such as");
        assertThat(Kinds.duration(Duration.ofSeconds(90), Duration.ofDays(7)).expected())
                .startsWith("a duration from 90s to 7d");
        assertThat(Kinds.duration(Duration.ofMinutes(90), Duration.ofHours(36)).expected())
                .startsWith("a duration from 90m to 36h");
    }

    @Test
    void a_number_has_bounds() throws Unfit {
        Kind<Integer> kind = Kinds.integer(1, 128);

        assertThat(kind.parse("1", BASE)).isEqualTo(1);
        assertThat(kind.parse("128", BASE)).isEqualTo(128);
        assertThat(kind.expected()).isEqualTo("a whole number from 1 to 128");
        for (String text : List.of("0", "129", "", "1.0", "0x1", " 1", "9223372036854775808")) {
            unfit(kind, text);
        }
    }

    @Test
    void a_flag_is_true_or_false_and_nothing_else() throws Unfit {
        assertThat(Kinds.bool().parse("true", BASE)).isTrue();
        assertThat(Kinds.bool().parse("false", BASE)).isFalse();
        for (String text : List.of("", "yes", "TRUE", "1", "on")) {
            unfit(Kinds.bool(), text);
        }
    }

    /** The tests run in a Turkish locale, in which I has no dot. */
    @Test
    void a_constant_is_written_in_lower_case_whatever_the_locale() throws Unfit {
        Kind<Backend> kind = Kinds.oneOf(Backend.class);

        assertThat(kind.parse("rocksdb", BASE)).isEqualTo(Backend.ROCKSDB);
        assertThat(kind.expected()).isEqualTo("one of heap, rocksdb");
        unfit(kind, "HEAP");
        unfit(kind, "");
    }

    @Test
    void a_path_is_relative_to_where_it_stands() throws Unfit {
        assertThat(Kinds.path().parse("../logs/./a", BASE)).isEqualTo(Path.of("/etc/logs/a"));
        assertThat(Kinds.path().parse("/var/log", BASE)).isEqualTo(Path.of("/var/log"));
        unfit(Kinds.path(), "");
        unfit(Kinds.path(), "a\0b");
    }

    @Test
    void a_list_is_comma_separated_or_one_a_line_whose_commas_are_its_own() throws Unfit {
        assertThat(Kinds.texts().parse("a, b,,c", BASE)).containsExactly("a", "b", "c");
        assertThat(Kinds.texts().parse("a, b\n\n c\n", BASE)).containsExactly("a, b", "c");
        assertThat(Kinds.texts().parse("", BASE)).isEmpty();
        assertThat(Kinds.paths().parse("x\n", BASE)).containsExactly(BASE.resolve("x"));
        assertThat(Kinds.texts().list()).isTrue();
        assertThat(Kinds.bool().list()).isFalse();
    }

    @Test
    void names_are_those_there_are() throws Unfit {
        Kind<List<String>> kind = Kinds.names("storage", "sns");

        assertThat(kind.parse("sns,storage", BASE)).containsExactly("sns", "storage");
        assertThat(kind.expected()).isEqualTo("a list of: storage, sns");
        unfit(kind, "storage,snss");
    }

    @ParameterizedTest
    @ValueSource(strings = {"broker:9092", "10.0.0.1:0", "[::1]:9092", "my_broker-1.example.com:65535"})
    void an_address_is_a_host_and_a_port(String text) throws Unfit {
        assertThat(Kinds.addresses(false).parse(text, BASE)).isEqualTo(text);
        assertThat(Kinds.addresses(true).parse(text + ", b:1", BASE)).isEqualTo(text + ", b:1");
        unfit(Kinds.addresses(false), text + ",b:1");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"broker", ":9092", "broker:", "broker:65536", "broker:123456", "a b:1", "http://a:1", "::1:1"})
    void what_has_no_host_or_no_port_is_no_address(String text) {
        unfit(Kinds.addresses(false), text);
        unfit(Kinds.addresses(true), "a:1," + text);
    }

    @Test
    void nothing_is_no_address_but_may_stand_for_none() throws Unfit {
        assertThat(Kinds.addresses(true).parse("", BASE)).isEmpty();
        unfit(Kinds.addresses(true), "a:1,");
    }

    @Test
    void a_web_address_has_a_host_and_is_http() throws Unfit {
        assertThat(Kinds.uri().parse("https://a.example/x?y", BASE)).isEqualTo(URI.create("https://a.example/x?y"));
        assertThat(Kinds.url().parse("", BASE)).isEmpty();
        for (String text :
                List.of("", "a.example", "ftp://a.example", "file:///etc/passwd", "https:///x", "http://a b")) {
            unfit(Kinds.uri(), text);
        }
    }

    @Test
    void what_may_be_absent_is_absent_where_nothing_stands() throws Unfit {
        Kind<Optional<Instant>> kind = Kinds.perhaps(Kinds.time());

        assertThat(kind.parse("", BASE)).isEmpty();
        assertThat(kind.parse("2026-03-01T00:00:00Z", BASE)).contains(Instant.parse("2026-03-01T00:00:00Z"));
        unfit(kind, "2026-03-01");
        assertThat(kind.expected()).isEqualTo(Kinds.time().expected());
    }

    @Test
    void texts_may_have_to_be_there_or_of_a_form() throws Unfit {
        unfit(Kinds.filled("a name"), " ");
        assertThat(Kinds.filled("a name").parse("x", BASE)).isEqualTo("x");
        Kind<String> digits = Kinds.matching(Pattern.compile("[0-9]{3}"), "3 digits");
        assertThat(digits.parse("", BASE)).isEmpty();
        assertThat(digits.parse("123", BASE)).isEqualTo("123");
        unfit(digits, "1234");
    }

    @Test
    void a_mapping_has_no_text_form() throws Unfit {
        assertThat(Kinds.map().map()).isTrue();
        assertThat(Kinds.map().parse("", BASE)).isEmpty();
        assertThat(Kinds.map().ofMap(Map.of("a", "b"))).isEqualTo(Map.of("a", "b"));
        unfit(Kinds.map(), "a=b");
        assertThatThrownBy(() -> Kinds.bool().ofMap(Map.of())).isInstanceOf(Unfit.class);
    }

    @Test
    void only_a_secret_is_secret() {
        assertThat(Kinds.secret().secret()).isTrue();
        assertThat(Kinds.text("a text").secret()).isFalse();
    }

    private static void unfit(Kind<?> kind, String text) {
        assertThatThrownBy(() -> kind.parse(text, BASE)).as("\"%s\"", text).isInstanceOf(Unfit.class);
    }
}
