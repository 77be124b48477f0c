package io.trailwarden.ingest.format;

import static org.assertj.core.api.Assertions.assertThat;

import io.trailwarden.event.DeadLetter.Reason;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Random;
import java.util.zip.CRC32;
import java.util.zip.Deflater;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class UnpackerTest {

    private final Unpacker unpacker = new Unpacker(new ObjectLimits(4 << 20, 200));

    @AfterEach
    void close() {
        unpacker.close();
    }

    @Test
    void what_is_not_compressed_comes_as_it_is() {
        byte[] plain = "{}".getBytes(StandardCharsets.UTF_8);
        ObjectContent content = unpacker.unpack(plain, 2);
        assertThat(content.bytes()).isSameAs(plain);
        assertThat(content.compressed()).isFalse();
        assertThat(content.broken()).isNull();
    }

    @Test
    void objects_of_any_size_come_back() {
        Random random = new Random(1);
        for (int size : new int[] {0, 1, 100, 65_536, 65_537, 1_000_000}) {
            String text = random.ints(size, 'a', 'z')
                    .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
                    .toString();
            byte[] stored = RecordFinderTest.gzip(text);
            ObjectContent content = unpacker.unpack(stored, stored.length);
            assertThat(text(content)).isEqualTo(text);
            assertThat(content.broken()).isNull();
        }
    }

    @Test
    void members_follow_each_other_and_padding_is_passed_over() {
        byte[] stored = join(RecordFinderTest.gzip("one"), RecordFinderTest.gzip("two"), new byte[7]);
        assertThat(text(unpacker.unpack(stored, stored.length))).isEqualTo("onetwo");
    }

    @Test
    void gzip_within_gzip_is_unpacked() {
        byte[] inner = RecordFinderTest.gzip("inner");
        byte[] stored = gzip(inner, 0);
        assertThat(text(unpacker.unpack(stored, stored.length))).isEqualTo("inner");
    }

    @Test
    void headers_with_names_comments_and_extras_are_passed_over() {
        byte[] stored = gzip("x".getBytes(StandardCharsets.UTF_8), 4 | 8 | 16 | 2);
        assertThat(text(unpacker.unpack(stored, stored.length))).isEqualTo("x");
    }

    @Test
    void what_comes_before_a_cut_is_kept() {
        String text = "0123456789".repeat(5_000);
        byte[] stored = RecordFinderTest.gzip(text);
        for (int length = 3; length < stored.length; length++) {
            ObjectContent content = unpacker.unpack(stored, length);
            assertThat(content.broken()).isNotNull();
            assertThat(content.broken().reason()).isEqualTo(Reason.BAD_ENCODING);
            assertThat(text).startsWith(text(content));
        }
    }

    @Test
    void damage_anywhere_is_told_and_never_thrown() {
        String text = "0123456789".repeat(5_000);
        byte[] good = RecordFinderTest.gzip(text);
        for (int at = 10; at < good.length; at++) {
            byte[] damaged = good.clone();
            damaged[at] ^= 0x15;
            ObjectContent content = unpacker.unpack(damaged, damaged.length);
            assertThat(content.broken()).as("byte %s", at).isNotNull();
        }
    }

    @Test
    void what_follows_the_last_member_is_told() {
        byte[] stored = join(RecordFinderTest.gzip("one"), "garbage".getBytes(StandardCharsets.UTF_8));
        ObjectContent content = unpacker.unpack(stored, stored.length);
        assertThat(text(content)).isEqualTo("one");
        assertThat(content.broken().reason()).isEqualTo(Reason.BAD_ENCODING);
        assertThat(content.broken().message()).contains("no gzip");
    }

    @Test
    void a_bomb_is_stopped_by_its_ratio() {
        byte[] stored = gzip(new byte[3 << 20], 0);
        ObjectContent content = unpacker.unpack(stored, stored.length);
        assertThat(content.broken().reason()).isEqualTo(Reason.TOO_LARGE);
        assertThat(content.broken().message()).contains("200 times");
        assertThat(content.length()).isLessThan(3 << 20);
    }

    @Test
    void a_large_object_is_read_up_to_the_limit() {
        byte[] large = new byte[5 << 20];
        new Random(1).nextBytes(large);
        byte[] stored = gzip(large, 0);
        ObjectContent content = unpacker.unpack(stored, stored.length);
        assertThat(content.broken().reason()).isEqualTo(Reason.TOO_LARGE);
        assertThat(content.length()).isEqualTo(4 << 20);
        ObjectContent plain = unpacker.unpack(large, large.length);
        assertThat(plain.length()).isEqualTo(4 << 20);
        assertThat(plain.broken().reason()).isEqualTo(Reason.TOO_LARGE);
    }

    @Test
    void a_lying_trailer_reserves_no_memory() {
        byte[] stored = RecordFinderTest.gzip("x");
        Arrays.fill(stored, stored.length - 4, stored.length, (byte) 0xff);
        assertThat(unpacker.unpack(stored, stored.length).bytes().length).isLessThan(1 << 20);
    }

    private static String text(ObjectContent content) {
        return new String(content.bytes(), 0, content.length(), StandardCharsets.UTF_8);
    }

    private static byte[] join(byte[]... parts) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            out.writeBytes(part);
        }
        return out.toByteArray();
    }

    private static byte[] gzip(byte[] data, int flags) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.writeBytes(new byte[] {0x1f, (byte) 0x8b, 8, (byte) flags, 0, 0, 0, 0, 0, 0});
        if ((flags & 4) != 0) {
            out.writeBytes(new byte[] {3, 0, 1, 2, 3});
        }
        if ((flags & 8) != 0) {
            out.writeBytes(new byte[] {'n', 0});
        }
        if ((flags & 16) != 0) {
            out.writeBytes(new byte[] {'c', 'c', 0});
        }
        if ((flags & 2) != 0) {
            out.writeBytes(new byte[] {9, 9});
        }
        Deflater deflater = new Deflater(Deflater.DEFAULT_COMPRESSION, true);
        deflater.setInput(data);
        deflater.finish();
        byte[] buffer = new byte[8192];
        while (!deflater.finished()) {
            out.write(buffer, 0, deflater.deflate(buffer));
        }
        deflater.end();
        CRC32 crc = new CRC32();
        crc.update(data);
        for (long value : new long[] {crc.getValue(), data.length}) {
            for (int i = 0; i < 4; i++) {
                out.write((int) (value >>> (8 * i)));
            }
        }
        return out.toByteArray();
    }
}
