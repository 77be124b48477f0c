package io.trailwarden.event.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.trailwarden.event.DeadLetter;
import io.trailwarden.event.Origin;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class OriginCodecTest {

    private static final Instant TIME = Instant.parse("2026-03-02T09:00:00.123Z");

    private final OriginCodec codec = new OriginCodec();

    @Test
    void origins_come_back_though_the_header_of_their_object_is_remembered() {
        Origin one = new Origin("file", "a \"quoted\" name", 0, "aa", TIME);
        Origin two = new Origin("s3", "b", 4_000_000_000L, "bb", TIME);

        assertThat(decode(one)).isEqualTo(one);
        assertThat(decode(new Origin("file", "a \"quoted\" name", 5, "aa", TIME))
                        .offset())
                .isEqualTo(5);
        assertThat(decode(two)).isEqualTo(two);
        assertThat(decode(one)).isEqualTo(one);
    }

    @Test
    void a_rejection_comes_back_with_its_payload() {
        Origin origin = new Origin("file", "a", 3, "aa", TIME);
        DeadLetter letter = new DeadLetter(DeadLetter.Reason.TOO_DEEP, "m", "p", new byte[] {1, 2}, 99, origin);

        DeadLetter back = codec.deadLetter(OriginCodec.rejectedHeader(letter), letter.payload(), origin);

        assertThat(back).usingRecursiveComparison().isEqualTo(letter);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "null",
                "{}",
                "{\"source\":\"a\",\"object\":\"b\",\"sha256\":\"c\"}",
                "{\"source\":\"a\",\"object\":\"b\",\"sha256\":\"c\",\"ingestedAt\":\"now\"}"
            })
    void a_malformed_header_is_refused(String header) {
        byte[] bytes = header.getBytes(StandardCharsets.UTF_8);
        assertThatThrownBy(() -> codec.origin(bytes, OriginCodec.offsetHeader(0)))
                .isInstanceOf(MalformedRecordException.class);
    }

    @Test
    void absent_headers_are_refused() {
        byte[] object = OriginCodec.objectHeader(new Origin("file", "a", 3, "aa", TIME));
        assertThatThrownBy(() -> codec.origin(null, OriginCodec.offsetHeader(0)))
                .isInstanceOf(MalformedRecordException.class);
        assertThatThrownBy(() -> codec.origin(object, null)).isInstanceOf(MalformedRecordException.class);
        assertThatThrownBy(() -> codec.origin(object, new byte[3])).isInstanceOf(MalformedRecordException.class);
    }

    private Origin decode(Origin origin) {
        return codec.origin(OriginCodec.objectHeader(origin), OriginCodec.offsetHeader(origin.offset()));
    }
}
