package io.trailwarden.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import org.junit.jupiter.api.Test;

class ArgumentsTest {

    private static final Map<String, String> DEFAULTS = Map.of("events", "1000", "share", "0.5");

    @Test
    void takes_what_is_given_and_the_default_for_the_rest() {
        Arguments arguments = Arguments.parse(new String[] {"--events", "2_000_000"}, DEFAULTS);
        assertThat(arguments.number("events")).isEqualTo(2_000_000);
        assertThat(arguments.fraction("share")).isEqualTo(0.5);
    }

    @Test
    void refuses_what_it_does_not_know() {
        assertThatThrownBy(() -> Arguments.parse(new String[] {"--evnets", "1"}, DEFAULTS))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("--evnets (expected: --NAME VALUE with one of ");
        assertThatThrownBy(() -> Arguments.parse(new String[] {"--events"}, DEFAULTS))
                .hasMessageStartingWith("--events (expected: ");
    }
}
