package io.trailwarden.event;

import static org.assertj.core.api.Assertions.assertThat;

import io.trailwarden.event.DeadLetter.Reason;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DeadLetterTest {

    private static final Origin ORIGIN = new Origin("file", "a.json", 3, "00ff", Instant.EPOCH);

    @Test
    void holds_the_bytes_between_two_places() {
        byte[] bytes = "[{},oops,{}]".getBytes(StandardCharsets.UTF_8);

        DeadLetter letter = DeadLetter.of(Reason.MALFORMED, "why", "where", bytes, 4, 8, ORIGIN);

        assertThat(letter.payload()).asString(StandardCharsets.UTF_8).isEqualTo("oops");
        assertThat(letter.payloadLength()).isEqualTo(4);
    }

    @ParameterizedTest
    @CsvSource({"0, 0", "262143, 262143", "262144, 262144", "262145, 262144", "1000000, 262144"})
    void a_payload_that_is_too_long_is_cut_and_its_length_told(int length, int kept) {
        DeadLetter letter =
                DeadLetter.of(Reason.TOO_LARGE, "why", "where", new byte[length + 7], 7, length + 7, ORIGIN);

        assertThat(letter.payload()).hasSize(kept);
        assertThat(letter.payloadLength()).isEqualTo(length);
    }
}
