package io.trailwarden.event.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.trailwarden.event.DeadLetter;
import io.trailwarden.event.Origin;
import io.trailwarden.event.Receipt;
import io.trailwarden.event.ReferenceEntry;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RecordCodecTest {

    private static final Instant TIME = Instant.parse("2026-03-02T09:00:00.123456789Z");

    @Test
    void a_dead_letter_keeps_its_bytes() {
        byte[] payload = {0, -1, 10, '"'};
        DeadLetter letter =
                new DeadLetter(DeadLetter.Reason.MALFORMED, "m", "p", payload, 4, new Origin("s", "o", 1, "00", TIME));

        DeadLetter back = RecordCodec.DEAD_LETTER.decode(RecordCodec.DEAD_LETTER.encode(letter));

        assertThat(back).usingRecursiveComparison().isEqualTo(letter);
    }

    @Test
    void a_receipt_is_plain_json() {
        byte[] json = RecordCodec.RECEIPT.encode(new Receipt("file", "a.json", "00", 3, 400, TIME));

        assertThat(new String(json, StandardCharsets.UTF_8))
                .isEqualTo(
                        "{\"source\":\"file\",\"object\":\"a.json\",\"objectSha256\":\"00\",\"records\":3,\"bytes\":400,"
                                + "\"ingestedAt\":\"2026-03-02T09:00:00.123456789Z\"}");
    }

    @Test
    void what_a_newer_writer_adds_is_passed_over_and_what_may_be_absent_may_be_absent() {
        ReferenceEntry entry = RecordCodec.REFERENCE.decode(
                "{\"kind\":\"ACCOUNT\",\"key\":\"1\",\"seenAt\":\"2026-03-02T09:00:00Z\",\"new\":{}}"
                        .getBytes(StandardCharsets.UTF_8));

        assertThat(entry.body()).isNull();
        assertThat(entry.kind()).isEqualTo(ReferenceEntry.Kind.ACCOUNT);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "null",
                "[]",
                "{}",
                "{\"kind\":\"ACCOUNT\"}",
                "{\"kind\":\"NOPE\",\"key\":\"1\",\"seenAt\":\"2026-03-02T09:00:00Z\"}",
                "{\"kind\":\"ACCOUNT\",\"key\":\"1\",\"seenAt\":\"yesterday\"}",
                "{\"kind\":\"ACCOUNT\",\"key\":\"1\",\"key\":\"2\",\"seenAt\":\"2026-03-02T09:00:00Z\"}",
                "{\"kind\":\"ACCOUNT\",\"key\":\"1\",\"seenAt\":\"2026-03-02T09:00:00Z\"} trailing"
            })
    void what_is_not_the_record_is_refused(String json) {
        assertThatThrownBy(() -> RecordCodec.REFERENCE.decode(json.getBytes(StandardCharsets.UTF_8)))
                .isInstanceOf(MalformedRecordException.class)
                .hasMessageContaining("ReferenceEntry");
    }
}
