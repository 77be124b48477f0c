package io.trailwarden.event.text;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class LogKeysTest {

    @Test
    void ids_are_searchable_words() {
        assertThat(LogKeys.event("c1a5c0de-0001")).isEqualTo("event=c1a5c0de-0001");
        assertThat(LogKeys.finding("0a1b")).isEqualTo("finding=0a1b");
        assertThat(LogKeys.event("")).isEqualTo("event=-");
    }

    @Test
    void an_id_by_a_stranger_neither_ends_the_line_nor_pretends_to_be_another() {
        assertThat(LogKeys.event("x\n2026-03-02 ERROR finding=forged\u001b[2J"))
                .isEqualTo("event=x\\n2026-03-02\\u0020ERROR\\u0020finding=forged\\u001b[2J");
        assertThat(LogKeys.event("x".repeat(1000))).hasSize("event=".length() + 300);
    }
}
