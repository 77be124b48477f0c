package io.trailwarden.storage.files;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class Utf8Test {

    @Test
    void the_edges_of_the_standard_are_kept() {
        assertThat(valid()).isTrue();
        assertThat(valid("plain text of more than eight bytes")).isTrue();
        assertThat(valid("é € 😀 \u0000")).isTrue();
        assertThat(valid(0xc3)).as("cut off").isFalse();
        assertThat(valid(0xc0, 0x80)).as("overlong NUL").isFalse();
        assertThat(valid(0xe0, 0x80, 0x80)).as("overlong").isFalse();
        assertThat(valid(0xed, 0xa0, 0x80)).as("surrogate").isFalse();
        assertThat(valid(0xf4, 0x90, 0x80, 0x80)).as("above U+10FFFF").isFalse();
        assertThat(valid(0xf0, 0x9f, 0x98)).as("cut off").isFalse();
        assertThat(valid(0x80)).as("continuation alone").isFalse();
    }

    @Property
    void any_bytes_are_judged_as_the_platforms_decoder_judges_them(@ForAll @Size(max = 40) byte[] bytes) {
        assertThat(Utf8.isValid(bytes, 0, bytes.length)).isEqualTo(decodes(bytes));
    }

    @Property
    void any_text_is_valid_in_the_middle_of_anything(@ForAll String text, @ForAll @Size(max = 9) byte[] around) {
        byte[] inner = text.getBytes(StandardCharsets.UTF_8);
        byte[] bytes = ByteBuffer.allocate(inner.length + 2 * around.length)
                .put(around)
                .put(inner)
                .put(around)
                .array();
        assertThat(Utf8.isValid(bytes, around.length, inner.length)).isTrue();
    }

    private static boolean valid(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        return Utf8.isValid(bytes, 0, bytes.length);
    }

    private static boolean valid(int... values) {
        byte[] bytes = new byte[values.length];
        for (int i = 0; i < values.length; i++) {
            bytes[i] = (byte) values[i];
        }
        return Utf8.isValid(bytes, 0, bytes.length);
    }

    private static boolean decodes(byte[] bytes) {
        try {
            StandardCharsets.UTF_8
                    .newDecoder()
                    .onMalformedInput(CodingErrorAction.REPORT)
                    .decode(ByteBuffer.wrap(bytes));
            return true;
        } catch (CharacterCodingException e) {
            return false;
        }
    }
}
