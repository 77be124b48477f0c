package io.trailwarden.event.codec;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class SymbolTableTest {

    private final SymbolTable symbols = new SymbolTable();

    @Test
    void equal_bytes_give_one_string() {
        assertThat(get("us-east-1")).isSameAs(get("us-east-1")).isEqualTo("us-east-1");
    }

    @Test
    void many_more_strings_than_places_are_all_right() {
        for (int round = 0; round < 2; round++) {
            for (int i = 0; i < 50_000; i++) {
                assertThat(get("name-" + i)).isEqualTo("name-" + i);
            }
        }
    }

    @Test
    void long_and_empty_strings_are_right() {
        assertThat(get("é".repeat(500))).isEqualTo("é".repeat(500));
        assertThat(get("")).isEmpty();
    }

    private String get(String text) {
        byte[] bytes = ("<" + text + ">").getBytes(StandardCharsets.UTF_8);
        return symbols.get(bytes, 1, bytes.length - 1);
    }
}
