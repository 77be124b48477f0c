package io.trailwarden.ingest.format;

import static org.assertj.core.api.Assertions.assertThat;

import io.trailwarden.event.DeadLetter;
import io.trailwarden.event.DeadLetter.Reason;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.GZIPOutputStream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.apache.commons.compress.archivers.tar.TarConstants;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PackedFilesTest {

    private static final byte[] A = record("a");
    private static final byte[] B = record("b");

    @ParameterizedTest
    @ValueSource(strings = {"tar", "tar.gz", "tar.gz.gz", "zip", "zip.gz"})
    void every_file_is_an_object_of_its_own(String form) {
        byte[] archive = pack(form, Map.of("x/a.json", A, "x/b.json.gz", gzip(B), "x/", new byte[0]));
        Unpacker unpacker = new Unpacker(ObjectLimits.DEFAULT);
        ObjectContent content = unpacker.unpack(archive, archive.length);
        assertThat(content.isArchive()).isTrue();
        PackedFiles opened = unpacker.open(content);
        Map<String, String> files = new LinkedHashMap<>();
        for (PackedFiles.File file = opened.next(); file != null; file = opened.next()) {
            ObjectContent text = file.content();
            files.put(file.name(), new String(text.bytes(), 0, text.length(), StandardCharsets.UTF_8));
        }
        assertThat(files).containsOnly(Map.entry("x/a.json", text(A)), Map.entry("x/b.json.gz", text(B)));
        assertThat(opened.broken()).isNull();
        unpacker.close();
    }

    @Test
    void archives_in_archives_are_opened_some_levels_deep() {
        byte[] inner = pack("zip", Map.of("a.json", A));
        byte[] middle = pack("tar.gz", Map.of("in.zip", inner));
        assertThat(names(pack("tar", Map.of("in.tgz", middle)))).containsExactly("in.tgz!/in.zip!/a.json");
        Outcomes deeper = Outcomes.of(pack("zip", Map.of("x.tar", pack("tar", Map.of("in.tgz", middle)), "b.json", B)));
        assertThat(deeper.keys).containsExactly("b|1");
        assertThat(deeper.reasons).containsOnlyKeys(Reason.TOO_DEEP);
    }

    @ParameterizedTest
    @ValueSource(strings = {"tar", "tar.gz", "zip"})
    void an_archive_without_files_holds_no_records(String form) {
        assertThat(Outcomes.of(pack(form, Map.of())).records).isZero();
    }

    @ParameterizedTest
    @ValueSource(strings = {"tar", "tar.gz", "zip"})
    void a_cut_archive_keeps_what_came_before_and_tells_the_cut(String form) {
        Map<String, byte[]> files = new LinkedHashMap<>();
        files.put("1.json", A);
        // It does not compress, so that a cut in the middle is in it.
        files.put("2.json", noise(20_000));
        files.put("3.json", B);
        byte[] archive = pack(form, files);
        Outcomes outcomes = Outcomes.of(Arrays.copyOf(archive, archive.length / 2));
        assertThat(outcomes.keys).containsExactly("a|1");
        assertThat(outcomes.reasons).containsKey(Reason.BAD_ENCODING);
    }

    @ParameterizedTest
    @ValueSource(strings = {"tar", "zip"})
    void a_cut_between_two_files_is_told(String form) {
        Map<String, byte[]> files = new LinkedHashMap<>();
        files.put("1.json", A);
        files.put("2.json", B);
        byte[] archive = pack(form, files);
        int second = form.equals("tar") ? 1024 : indexOf(archive, "PK\003\004", 4);
        Outcomes outcomes = Outcomes.of(Arrays.copyOf(archive, second));
        assertThat(outcomes.keys).containsExactly("a|1");
        assertThat(outcomes.rejected).singleElement().satisfies(letter -> assertThat(letter.message())
                .contains("cut off"));
    }

    @Test
    void a_damaged_archive_in_an_archive_costs_no_file_beside_it() {
        byte[] inner = pack("tar.gz", Map.of("x.json", noise(20_000)));
        Map<String, byte[]> files = new LinkedHashMap<>();
        files.put("1.tgz", Arrays.copyOf(inner, inner.length / 2));
        files.put("2.json", B);
        Outcomes outcomes = Outcomes.of(pack("tar", files));
        assertThat(outcomes.keys).containsExactly("b|1");
        assertThat(outcomes.reasons).containsKey(Reason.BAD_ENCODING);
    }

    @Test
    void cut_anywhere_nothing_is_read_twice_or_silent() {
        Map<String, byte[]> files = new LinkedHashMap<>();
        files.put("1.json", A);
        files.put("2.json.gz", gzip(B));
        for (String form : List.of("tar", "tar.gz", "zip")) {
            byte[] archive = pack(form, files);
            for (int length = 1; length < archive.length - 1; length += 7) {
                Outcomes outcomes = Outcomes.of(Arrays.copyOf(archive, length));
                assertThat(outcomes.keys).as("%s cut after %s", form, length).doesNotHaveDuplicates();
                boolean whole = outcomes.keys.size() == 2;
                assertThat(whole || !outcomes.rejected.isEmpty())
                        .as("%s cut after %s: %s", form, length, outcomes.keys)
                        .isTrue();
            }
        }
    }

    @Test
    void the_same_name_twice_makes_two_names() throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (TarArchiveOutputStream tar = new TarArchiveOutputStream(out)) {
            add(tar, "a.json", A);
            add(tar, "a.json", B);
        }
        assertThat(names(out.toByteArray())).containsExactly("a.json", "a.json#2");
    }

    @Test
    void links_are_passed_over_and_long_names_are_cut() throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (TarArchiveOutputStream tar = new TarArchiveOutputStream(out)) {
            tar.setLongFileMode(TarArchiveOutputStream.LONGFILE_POSIX);
            TarArchiveEntry link = new TarArchiveEntry("link", TarConstants.LF_SYMLINK);
            link.setLinkName("/etc/passwd");
            tar.putArchiveEntry(link);
            tar.closeArchiveEntry();
            add(tar, "n".repeat(5_000), A);
        }
        assertThat(names(out.toByteArray())).singleElement().satisfies(name -> assertThat(name)
                .hasSizeLessThan(1_100));
    }

    @Test
    void limits_hold_for_each_file_and_expansion_for_the_whole() {
        ObjectLimits limits = new ObjectLimits(64 << 10, 300);
        byte[] large = (text(A) + "\n" + " ".repeat(100_000) + text(B)).getBytes(StandardCharsets.UTF_8);
        Outcomes outcomes = outcomes(pack("tar.gz", Map.of("large.json", large)), limits);
        assertThat(outcomes.keys).containsExactly("a|1");
        assertThat(outcomes.reasons).containsOnlyKeys(Reason.TOO_LARGE);

        Map<String, byte[]> bomb = new LinkedHashMap<>();
        for (int i = 0; i < 100; i++) {
            bomb.put(i + ".json", new byte[60_000]);
        }
        Outcomes stopped = outcomes(pack("zip", bomb), limits);
        assertThat(stopped.rejected.get(stopped.rejected.size() - 1).message()).contains("expands more than 300 times");
        assertThat(stopped.rejected.size()).isLessThan(100);
    }

    @ParameterizedTest
    @CsvSource({
        "425a68393141592653590000, bzip2",
        "425a683917724538509000000000, bzip2",
        "fd377a585a000004e6d6b446, xz",
        "28b52ffd2400010000, Zstandard",
        "504152311500150015000000000050415231, Parquet",
        "4f626a0104, Avro",
        "377abcaf271c0004, 7-Zip",
        "526172211a0700, RAR"
    })
    void what_is_packed_in_another_way_is_named_and_refused(String hex, String name) {
        byte[] bytes = HexFormat.of().parseHex(hex);
        for (byte[] stored : List.of(bytes, gzip(bytes), pack("tar", Map.of("x", bytes)))) {
            Outcomes outcomes = Outcomes.of(stored);
            assertThat(outcomes.rejected).singleElement().satisfies(letter -> {
                assertThat(letter.reason()).isEqualTo(Reason.UNRECOGNISED);
                assertThat(letter.message()).startsWith(name + " is not read");
            });
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"BZh is a name", "PAR1 of a log", "ORC log", "GIF of the day", "Rar", "PK of me"})
    void texts_that_start_alike_are_texts(String text) {
        assertThat(Outcomes.of(text).rejected)
                .extracting(DeadLetter::message)
                .containsExactly("text that is no JSON: \"" + text + '"');
    }

    @Test
    void images_and_what_macOS_leaves_behind_are_ignored_by_name() {
        for (String hex : List.of("89504e470d0a1a0a0000", "255044462d312e37", "0005160700020000", "0000000142756431")) {
            Outcomes outcomes = Outcomes.of(HexFormat.of().parseHex(hex));
            assertThat(outcomes.records).isZero();
            assertThat(outcomes.ignored).hasSize(1);
        }
    }

    private static List<String> names(byte[] archive) {
        List<String> names = new ArrayList<>();
        try (Unpacker unpacker = new Unpacker(ObjectLimits.DEFAULT)) {
            PackedFiles opened = unpacker.open(unpacker.unpack(archive, archive.length));
            for (PackedFiles.File file = opened.next(); file != null; file = opened.next()) {
                names.add(file.name());
            }
        }
        return names;
    }

    private static Outcomes outcomes(byte[] stored, ObjectLimits limits) {
        Outcomes outcomes = new Outcomes();
        try (RecordReader reader = new RecordReader(limits)) {
            reader.read("", stored, stored.length, outcomes);
        }
        return outcomes;
    }

    private static byte[] pack(String form, Map<String, byte[]> files) {
        if (form.endsWith(".gz")) {
            return gzip(pack(form.substring(0, form.length() - 3), files));
        }
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try {
            if (form.equals("zip")) {
                try (ZipOutputStream zip = new ZipOutputStream(out)) {
                    for (Map.Entry<String, byte[]> file : files.entrySet()) {
                        zip.putNextEntry(new ZipEntry(file.getKey()));
                        zip.write(file.getValue());
                    }
                }
            } else {
                try (TarArchiveOutputStream tar = new TarArchiveOutputStream(out)) {
                    for (Map.Entry<String, byte[]> file : files.entrySet()) {
                        add(tar, file.getKey(), file.getValue());
                    }
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return out.toByteArray();
    }

    private static void add(TarArchiveOutputStream tar, String name, byte[] content) throws IOException {
        TarArchiveEntry entry = new TarArchiveEntry(name);
        entry.setSize(content.length);
        tar.putArchiveEntry(entry);
        tar.write(content);
        tar.closeArchiveEntry();
    }

    private static byte[] gzip(byte[] content) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(out)) {
            gzip.write(content);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return out.toByteArray();
    }

    private static byte[] noise(int length) {
        byte[] noise = new byte[length];
        new java.util.Random(7).nextBytes(noise);
        noise[0] = '#';
        return noise;
    }

    private static int indexOf(byte[] b, String ascii, int from) {
        return text(b, StandardCharsets.ISO_8859_1).indexOf(ascii, from);
    }

    private static String text(byte[] b) {
        return text(b, StandardCharsets.UTF_8);
    }

    private static String text(byte[] b, java.nio.charset.Charset charset) {
        return new String(b, charset);
    }

    private static byte[] record(String id) {
        return ("{\"eventVersion\":\"1.10\",\"eventTime\":\"2026-03-02T09:00:00Z\",\"eventName\":\"GetUser\",\"eventID\":\""
                        + id + "\",\"recipientAccountId\":\"1\"}")
                .getBytes(StandardCharsets.UTF_8);
    }
}
